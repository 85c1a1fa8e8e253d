import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { play } from '../engine/play.ts'

const directory = mkdtempSync(join(tmpdir(), 'git-module-'))
const upstream = join(directory, 'upstream')
const dest = join(directory, 'srv/app')
afterAll(() => rmSync(directory, { recursive: true }))

function git(...words: string[]): string {
  const identity = ['-c', 'user.name=one', '-c', 'user.email=one@example.org']
  return execFileSync('git', ['-C', upstream, ...identity, ...words], { encoding: 'utf8' }).trim()
}

function commit(text: string): string {
  writeFileSync(join(upstream, 'file'), text)
  git('add', '-A')
  git('commit', '-q', '-m', text)
  return git('rev-parse', 'HEAD')
}

const commits: string[] = []
beforeAll(() => {
  mkdirSync(upstream)
  git('init', '-q', '-b', 'main')
  commits.push(commit('one'))
  git('tag', '-a', 'v1', '-m', 'first')
  commits.push(commit('two'))
})
beforeEach(() => rmSync(join(directory, 'srv'), { recursive: true, force: true }))

/** Runs git tasks one after another: how each ended, and the commit that it came to. */
async function clone(tasks: readonly object[], check = false): Promise<string[]> {
  const list = tasks.flatMap((args) => [
    { name: 'clone', git: { repo: upstream, dest, ...args }, register: 'it', ignore_errors: true },
    {
      name: 'told',
      debug: { msg: "{{ it.before | default('-', true) }} {{ it.after | default(it.msg, true) }}" },
    },
  ])
  const { lines } = await play(JSON.stringify([{ hosts: 'all', gather_facts: false, tasks: list }]), {
    check,
  })
  const status = lines.filter((line) => / clone/.test(line)).map((line) => line.split(' ')[1]!)
  const told = lines.filter((line) => / told/.test(line)).map((line) => line.replace(/^.* told: /, ''))
  return status.map((each, index) => `${each} ${told[index]}`)
}

const file = () => readFileSync(join(dest, 'file'), 'utf8')

describe.each([false, true])('a repository, dry run: %s', (check) => {
  test('is cloned once', async () => {
    const [first, second] = await clone([{}, {}], check)
    expect(first).toBe(`changed - ${commits[1]}`)
    expect(second).toBe(`ok ${commits[1]} ${commits[1]}`)
    expect(existsSync(dest)).toBe(!check)
  })

  test.each([
    ['a tag', 'v1'],
    ['a commit', 'COMMIT'],
  ])('is kept at %s, and moves from there', async (_, version) => {
    const at = version === 'COMMIT' ? commits[0]! : version
    expect(await clone([{ version: at }, { version: at }, { version: 'main' }], check)).toEqual([
      `changed - ${commits[0]}`,
      `ok ${commits[0]} ${commits[0]}`,
      `changed ${commits[0]} ${commits[1]}`,
    ])
    if (!check) expect(file()).toBe('two')
  })

  test('that does not have the version is no success', async () => {
    const [said] = await clone([{ version: 'v9' }], check)
    expect(said).toMatch(/^failed .*has no branch and no tag 'v9'/)
  })
})

test('local modifications are kept unless they may go', async () => {
  await clone([{ version: 'v1' }])
  writeFileSync(join(dest, 'file'), 'mine')
  const [kept] = await clone([{}])
  expect(kept).toMatch(/^failed .*Local modifications exist/)
  expect(file()).toBe('mine')
  expect(await clone([{ force: true }])).toEqual([`changed ${commits[0]} ${commits[1]}`])
  expect(file()).toBe('two')
})

test('a bare clone follows too', async () => {
  expect(await clone([{ bare: true }, { bare: true }])).toEqual([
    `changed - ${commits[1]}`,
    `ok ${commits[1]} ${commits[1]}`,
  ])
  expect(existsSync(join(dest, 'HEAD'))).toBe(true)
})

test('what is in the way is not overwritten', async () => {
  mkdirSync(dest, { recursive: true })
  writeFileSync(join(dest, 'mine'), '')
  const [said] = await clone([{}])
  expect(said).toMatch(/^failed .*not an empty directory/)
})

test('a dry run does not claim to know what would be in the files', async () => {
  const tasks = [
    { name: 'clone', git: { repo: upstream, dest } },
    { name: 'line', lineinfile: { path: `${dest}/file`, line: 'x' } },
  ]
  const { lines } = await play(JSON.stringify([{ hosts: 'all', gather_facts: false, tasks }]), {
    check: true,
  })
  expect(lines[0]).toMatch(/^one changed clone/)
  expect(lines[1]).toMatch(/^one unknown line/)
})
