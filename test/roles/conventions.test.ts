import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { keepsToItsWords } from '../../runner/modules/support/keeps-to-its-words.ts'

const roles = fileURLToPath(new URL('../../roles', import.meta.url))

interface Option {
  type?: string
  default?: unknown
  required?: boolean
  description?: string | string[]
  options?: Record<string, Option>
}

interface Step {
  name?: string
  import_tasks?: string
  block?: Step[]
  rescue?: Step[]
  always?: Step[]
  [key: string]: unknown
}

describe.each(readdirSync(roles))('role %s', (role) => {
  const read = (...path: string[]): unknown =>
    parse(readFileSync(join(roles, role, ...path), 'utf8'), { version: '1.1' })
  const defaults = read('defaults', 'main.yml') as Record<string, unknown>
  const specs = read('meta', 'argument_specs.yml') as {
    argument_specs: { main: { options: Record<string, Option> } }
  }
  const { options } = specs.argument_specs.main

  test('documents every default, in the same order, and nothing else', () => {
    expect(Object.keys(options)).toEqual(Object.keys(defaults))
  })

  test.each(Object.keys(defaults))('%s is described with the default it has', (name) => {
    expect(options[name]?.default).toEqual(defaults[name])
  })

  test('gives every option, nested ones too, a type and a description', () => {
    const lacking = [...allOptions(options)].filter(
      ([, { type, description }]) =>
        !/^(str|int|float|bool|list|dict|path|raw)$/.test(type ?? '') ||
        ![description].flat().join(' ').endsWith('.'),
    )
    expect(lacking.map(([name]) => name)).toEqual([])
  })

  test('names its variables after itself', () => {
    const names = [...Object.keys(defaults), ...Object.keys((readIfThere(role, 'vars') as object) ?? {})]
    expect(names.filter((name) => !name.startsWith(`${role}_`))).toEqual([])
  })

  test('marks every file that it writes as managed', () => {
    const mark = /^(#|\/\/) Managed by Rehearsal; local changes are overwritten\.\n/
    const unmarked = listIfThere(role, 'templates').filter((file) => !mark.test(readFileSync(file, 'utf8')))
    expect(unmarked.map((file) => basename(file))).toEqual([])
  })

  test('has no command that a dry run knows nothing about', () => {
    const opaque = steps(role).filter((step) => {
      const command = step['command'] ?? step['shell']
      const { creates, removes, argv } = (command ?? {}) as {
        creates?: string
        removes?: string
        argv?: string[]
      }
      // A path that a variable holds is absolute by then.
      const words = argv?.map((word) => word.replace(/^\{\{.*\}\}$/, '/path'))
      if (words && keepsToItsWords(words)) return false
      return command !== undefined && (creates ?? removes ?? step['changed_when']) === undefined
    })
    expect(opaque.map(({ name }) => name)).toEqual([])
  })

  test('names every task', () => {
    expect(steps(role).filter((step) => step.name === undefined && step.import_tasks === undefined)).toEqual(
      [],
    )
  })
})

function* allOptions(options: Record<string, Option>, prefix = ''): Generator<[string, Option]> {
  for (const [name, option] of Object.entries(options)) {
    yield [prefix + name, option]
    if (option.options) yield* allOptions(option.options, `${prefix}${name}.`)
  }
}

function steps(role: string): Step[] {
  const flatten = (list: Step[]): Step[] =>
    list.flatMap((step) =>
      step.block ? flatten([...step.block, ...(step.rescue ?? []), ...(step.always ?? [])]) : [step],
    )
  return ['tasks', 'handlers'].flatMap((folder) =>
    listIfThere(role, folder).flatMap((file) => flatten(parse(readFileSync(file, 'utf8')) as Step[])),
  )
}

function listIfThere(role: string, folder: string): string[] {
  const directory = join(roles, role, folder)
  const there = readdirSync(join(roles, role)).includes(folder)
  return there ? readdirSync(directory).map((name) => join(directory, name)) : []
}

function readIfThere(role: string, folder: string): unknown {
  return Object.assign(
    {},
    ...listIfThere(role, folder).map((file) => parse(readFileSync(file, 'utf8')) as object),
  )
}
