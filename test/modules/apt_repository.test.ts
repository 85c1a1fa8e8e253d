import { describe, expect, test } from 'vitest'
import { effect } from '../../runner/host/state.ts'
import apt_repository from '../../runner/modules/apt_repository.ts'
import { packageIndex } from '../../runner/resources/package-index.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { diffLines, type Host, plan, textAfter } from './harness.ts'

const MAIN = '/etc/apt/sources.list'
const DIRECTORY = '/etc/apt/sources.list.d'
const repo = 'deb http://deb.example/debian bookworm main'
const index = { empty: false, updated: 1, age: 60, predicted: false }

const host = (files: Record<string, string>, more: Partial<Host> = {}): Host => ({
  files: { [MAIN]: '', [`${DIRECTORY}/other.list`]: 'deb http://other.example stable main\n', ...files },
  resources: { 'package index ': index },
  ...more,
})

describe('apt_repository', () => {
  test.each<[string, Dict, Record<string, string>, string, string | undefined]>([
    [
      'writes a file named after the address',
      { repo },
      {},
      `${DIRECTORY}/deb_example_debian.list`,
      `${repo}\n`,
    ],
    [
      'leaves options and credentials out of the name',
      { repo: 'deb [arch=amd64 signed-by=/k.gpg] https://me:pw@deb.example/x stable main' },
      {},
      `${DIRECTORY}/deb_example_x.list`,
      'deb [arch=amd64 signed-by=/k.gpg] https://me:pw@deb.example/x stable main\n',
    ],
    ['writes the file that is named', { repo, filename: 'ours' }, {}, `${DIRECTORY}/ours.list`, `${repo}\n`],
    [
      'adds to a file that is there',
      { repo, filename: 'other' },
      {},
      `${DIRECTORY}/other.list`,
      `deb http://other.example stable main\n${repo}\n`,
    ],
    [
      'switches a line on where it stands, and keeps its comment',
      { repo },
      { [MAIN]: `# mine\n# ${repo}  # backup\n` },
      MAIN,
      `# mine\n${repo} # backup\n`,
    ],
    [
      'removes a line and leaves the others',
      { repo, state: 'absent' },
      { [MAIN]: `deb http://x.example y z\n${repo}\n` },
      MAIN,
      'deb http://x.example y z\n',
    ],
    [
      'removes a file of which nothing is left',
      { repo, state: 'absent' },
      { [`${DIRECTORY}/ours.list`]: `${repo}\n` },
      `${DIRECTORY}/ours.list`,
      undefined,
    ],
    ['never removes the main file', { repo, state: 'absent' }, { [MAIN]: `${repo}\n` }, MAIN, ''],
  ])('%s', (_, args, files, path, after) => {
    const planned = plan(apt_repository, args, host(files))
    expect(planned.outcome.type).toBe('change')
    expect(textAfter(planned, path)).toBe(after)
    expect(planned.again().type).toBe('unchanged')
  })

  test.each([
    ['as it is written', repo],
    ['with other blanks', 'deb  http://deb.example/debian   bookworm main'],
    ['with a comment behind it', `${repo} # theirs`],
  ])('finds the line %s', (_, line) => {
    expect(plan(apt_repository, { repo }, host({ [MAIN]: `${line}\n` })).outcome.type).toBe('unchanged')
  })

  test('fetches the index after a change, unless it is told not to', () => {
    expect(diffLines(plan(apt_repository, { repo }, host({})).outcome)).toContain('age: 60 seconds → fresh')
    const { outcome } = plan(apt_repository, { repo, update_cache: false }, host({}))
    expect(diffLines(outcome).join()).not.toContain('age')
  })

  test('tells which files came and went', () => {
    expect(plan(apt_repository, { repo }, host({})).outcome).toMatchObject({
      result: { repo, sources_added: [`${DIRECTORY}/deb_example_debian.list`], sources_removed: [] },
    })
  })

  test('sees a source that an earlier task of the run has added', () => {
    const first = plan(apt_repository, { repo }, host({}))
    const predicted = first.outcome.type === 'change' ? first.outcome.after : []
    expect(plan(apt_repository, { repo }, host({}, { predicted })).outcome.type).toBe('unchanged')
    expect(first.state.read(packageIndex, '')).toEqual(
      effect(packageIndex, '', expect.objectContaining({ predicted: true })).value,
    )
  })

  test.each([
    ['ppa:someone/x', 'personal archive'],
    ['http://deb.example bookworm main', 'Invalid repository string'],
    [`# ${repo}`, 'Invalid repository string'],
  ])('refuses %s', (wrong, message) => {
    expect(plan(apt_repository, { repo: wrong }, host({})).outcome).toMatchObject({
      type: 'failed',
      result: { msg: expect.stringContaining(message) },
    })
  })
})
