import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { describeModule, listModules } from '../../runner/commands/describe-module.ts'
import { modules } from '../../runner/modules/table.ts'
import { parse } from 'yaml'
import { playIn, PROJECT, withFiles } from './cli.ts'

describe('play doc', () => {
  test('lists every module with what it does', () => {
    const lines = listModules(modules).trimEnd().split('\n')
    expect(lines).toHaveLength(modules.length)
    expect(lines).toContainEqual(expect.stringMatching(/^copy +Copies files to the host\.$/))
  })

  test('explains arguments with type, default, other names and choices', () => {
    const { stdout } = playIn(PROJECT, 'doc', 'ansible.builtin.file')
    expect(stdout).toContain('  path  (path, required)\n')
    expect(stdout).toContain('      Also: dest, name\n')
    expect(stdout).toMatch(/One of .*"touch"/)
  })

  test.each(modules.map((module) => [module.name, module] as const))('describes %s whole', (_, module) => {
    const text = describeModule(module)
    for (const name of Object.keys(module.args.properties as object))
      expect(text).toMatch(new RegExp(`^ {2}${name}  \\(`, 'm'))
    expect(text).not.toContain('undefined')
  })

  test.each(modules.map((module) => [module.name, module] as const))(
    '%s says so when a dry run does not tell the whole of it',
    (name, { preview }) => {
      const source = readFileSync(join(PROJECT, 'runner/modules', `${name}.ts`), 'utf8')
      if (/\b(?:opaque|opaqueScript|look)\(/.test(source)) expect(preview).toBeDefined()
    },
  )

  test('an unknown name is answered with the nearest', () => {
    const { exitCode, stderr } = playIn(PROJECT, 'doc', 'coppy')
    expect(stderr).toBe("error: there is no module 'coppy'; did you mean 'copy'?\n")
    expect(exitCode).toBe(5)
  })
})

describe('play schema', () => {
  test.each([
    ['playbook', { type: 'array', title: 'Playbook' }],
    ['tasks', { $ref: '#/definitions/tasks' }],
    ['handlers', { $ref: '#/definitions/handlers' }],
  ])(
    'of %s has every module',
    (kind, expected) => {
      const schema = JSON.parse(playIn(PROJECT, 'schema', kind).stdout) as {
        definitions: { task: { properties: object } }
      }
      expect(schema).toMatchObject(expected)
      expect(Object.keys(schema.definitions.task.properties)).toEqual(
        expect.arrayContaining(modules.map(({ name }) => name)),
      )
    },
    60_000,
  )

  test('of an inventory fits the delivered one', () => {
    const { stdout } = playIn(PROJECT, 'schema', 'inventory')
    const validate = new Ajv({ strict: false }).compile(JSON.parse(stdout) as object)
    validate(parse(readFileSync(join(PROJECT, 'inventory.yml'), 'utf8')))
    expect(validate.errors ?? []).toEqual([])
  }, 60_000)

  test('of something else is explained', () => {
    expect(playIn(PROJECT, 'schema', 'roles').stderr).toContain('there is a schema of playbook, tasks')
  }, 60_000)
})

describe('play completion', () => {
  test.each(['bash', 'zsh', 'fish'])('%s gets commands and options', (shell) => {
    const { stdout } = playIn(PROJECT, 'completion', shell)
    expect(stdout).toContain('lint')
    expect(stdout).toMatch(/--?l? ?inventory/)
  })

  test('in bash completes playbooks, commands of commands and options', () => {
    const { stdout } = playIn(PROJECT, 'completion', 'bash')
    withFiles({ 'playbooks/site.yml': '' }, (directory) => {
      const complete = (...words: string[]) => {
        const list = words.map((word) => `'${word}'`).join(' ')
        const script = `${stdout}\ncd ${directory}; COMP_WORDS=(play ${list}); COMP_CWORD=${words.length}; _play; printf '%s\\n' "\${COMPREPLY[@]}"`
        return spawnSync('bash', ['-c', script], { encoding: 'utf8' }).stdout.trim().split('\n')
      }
      expect(complete('si')).toEqual(['site.yml'])
      expect(complete('vault', 'enc')).toEqual(['encrypt', 'encrypt-string'])
      expect(complete('site.yml', '--det')).toEqual(['--detailed-exitcode'])
    })
  })
})
