import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compare } from '../fidelity/compare.ts'
import { outcomes, results } from '../fidelity/rehearse.ts'
import { table } from '../fidelity/table.ts'
import { files } from './idioms/files.ts'
import { firstRun } from './idioms/first-run.ts'
import { flow, hosts } from './idioms/flow.ts'
import type { Idiom } from './idioms/idiom.ts'
import { ordinary } from './idioms/ordinary.ts'
import { repositories } from './idioms/repositories.ts'
import { system } from './idioms/system.ts'
import { Machines } from './machine.ts'

// What people write, one thing at a time. Each has paths and names of its own, so that all of them share a machine.
// Every one on either release, with IDIOMS=everywhere on both.
const [old, young] = [
  [...files, ...flow, ...repositories],
  [...firstRun, ...system, ...ordinary],
]
const everywhere = process.env['IDIOMS'] === 'everywhere'

describe.each([
  { suite: 'bookworm', idioms: everywhere ? [...old, ...young] : old },
  { suite: 'trixie', idioms: everywhere ? [...young, ...old] : young },
] as const)('a dry run is right on $suite about', ({ suite, idioms }) => {
  const machines = new Machines()
  beforeAll(() => machines.up(['one'], suite))
  afterAll(() => machines.down())
  test.each(idioms)('$name', (idiom) => holds(idiom, machines))
})

describe('a dry run is right with two hosts about', () => {
  const machines = new Machines()
  beforeAll(() => machines.up(['one', 'two'], 'bookworm'))
  afterAll(() => machines.down())
  test.each(hosts)('$name', (idiom) => holds(idiom, machines))
})

async function holds(idiom: Idiom, machines: Machines): Promise<void> {
  if (idiom.before !== undefined) await machines.ssh('one', idiom.before)
  const playbook = write(idiom, machines.directory)
  const dry = await machines.play(playbook, '--check', '--diff', '--json')
  const real = await machines.play(playbook, '--diff', '--json')
  expect(results(real.stdout), real.stdout + real.stderr).not.toEqual([])

  const verdicts = compare(results(dry.stdout), outcomes(real.stdout))
  const shown = table(idiom.name, verdicts)
  expect(named(verdicts.filter(({ verdict }) => verdict === 'wrong')), shown).toEqual([])
  expect(named(verdicts.filter(({ verdict }) => verdict === 'unknown')), shown).toEqual(
    [...(idiom.unknown ?? [])].sort(),
  )
  expect(named(results(real.stdout).filter(({ status }) => status === 'failed')), real.stdout).toEqual(
    [...(idiom.fails ?? [])].sort(),
  )
}

function named(lines: readonly { readonly task: string }[]): string[] {
  return [...new Set(lines.map(({ task }) => task.replace(/ \(".*"\)$/, '')))].sort()
}

function write({ tasks, handlers, plays, files = {} }: Idiom, directory: string): string {
  const project = join(directory, 'project')
  rmSync(project, { recursive: true, force: true })
  const text =
    plays ??
    `- hosts: all
  become: true
  gather_facts: false
  tasks:${indented(tasks ?? '')}${handlers === undefined ? '' : `\n  handlers:${indented(handlers)}`}
`
  for (const [name, content] of Object.entries({ ...files, 'playbook.yml': text })) {
    const path = join(project, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  return join(project, 'playbook.yml')
}

function indented(tasks: string): string {
  return tasks.trimEnd().replaceAll('\n', '\n    ')
}
