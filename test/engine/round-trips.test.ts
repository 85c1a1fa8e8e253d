import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { play, type Played } from './play.ts'

const directory = mkdtempSync(join(tmpdir(), 'round-trips-'))
afterAll(() => rmSync(directory, { recursive: true }))

/** How many frames, a round trip each, a run has sent to a host. */
function frames({ events }: Played, host = 'one'): number {
  const summary = events.find((event) => event['type'] === 'summary') as unknown as {
    traffic: Record<string, { frames: number }>
  }
  return summary.traffic[host]!.frames
}

const tasks = (list: object[], more: object = {}) =>
  JSON.stringify([{ hosts: 'all', gather_facts: false, tasks: list, ...more }])

const files = (count: number) =>
  tasks(
    Array.from({ length: count }, (_, index) => ({
      copy: { content: `file ${index}\n`, dest: `${directory}/file-${index}`, mode: '0644' },
    })),
  )

describe('200 files, a task each', () => {
  let first: Played
  beforeAll(async () => {
    first = await play(files(200))
  })

  test('are looked at in one round trip, and written in one each', () => {
    expect(first.lines.filter((line) => line.startsWith('one changed'))).toHaveLength(200)
    expect(frames(first)).toBeLessThanOrEqual(200 + 3)
  })

  test('cost two round trips when nothing is to be changed', async () => {
    const again = await play(files(200))
    expect(again.lines.filter((line) => line.startsWith('one ok'))).toHaveLength(200)
    expect(frames(again)).toBeLessThanOrEqual(2)
  })

  test('cost each host as many when there are several', async () => {
    const again = await play(files(200), { hosts: ['one', 'two'] })
    expect([frames(again, 'one'), frames(again, 'two')]).toEqual([frames(again), frames(again)])
    expect(frames(again)).toBeLessThanOrEqual(2)
  })

  test('of which one differs cost a round trip for the change and one to look at it again', async () => {
    const changed = files(200).replace('file 77\\n', 'changed\\n')
    expect(frames(await play(changed))).toBeLessThanOrEqual(5)
  })
})

test('a file, its directory and a link on the way to it are read together', async () => {
  const playbook = tasks([
    { file: { path: `${directory}/a/b/c`, state: 'directory' } },
    { file: { path: `${directory}/link`, src: `${directory}/a`, state: 'link' } },
    { copy: { content: 'x\n', dest: `${directory}/link/b/c/file` } },
    { lineinfile: { path: `${directory}/link/b/c/file`, line: 'x' } },
  ])
  await play(playbook)
  expect(frames(await play(playbook))).toBeLessThanOrEqual(3)
})

test('facts cost no round trip of their own', async () => {
  const playbook = files(3).replace('"gather_facts":false', '"gather_facts":true')
  expect(frames(await play(playbook))).toBeLessThanOrEqual(2)
})

test('a command that changes nothing does not make what was read be read again', async () => {
  const copy = { copy: { content: 'y', dest: `${directory}/beside` } }
  const playbook = tasks([copy, { command: 'true', changed_when: false }, copy, copy])
  await play(playbook)
  expect(frames(await play(playbook))).toBeLessThanOrEqual(3)
})

test('what a task finds and those after it go by costs them no round trip of their own', async () => {
  const names = ['a', 'b', 'c'].map((name) => `${directory}/found-${name}`)
  const playbook = tasks([
    { stat: { path: '{{ item }}' }, loop: names, register: 'seen' },
    { set_fact: { places: "{{ seen.results | map(attribute='item') }}" } },
    { getent: { database: 'passwd', key: '{{ item }}' }, loop: ['root', 'daemon'], register: 'accounts' },
    {
      copy: { content: 'x\n', dest: '{{ item }}' },
      loop: '{{ places }}',
      when: "'root' in accounts.results[0].ansible_facts.getent_passwd",
    },
  ])
  await play(playbook)
  expect(frames(await play(playbook))).toBeLessThanOrEqual(3)
})

test('what was looked at ahead of a change is looked at again after it', async () => {
  const at = `${directory}/moves`
  const playbook = tasks([
    { copy: { content: '{{ text }}', dest: at } },
    { copy: { src: at, dest: `${at}-copy`, remote_src: true } },
    { stat: { path: `${at}-copy` }, register: 'copied' },
    { debug: { msg: '{{ copied.stat.checksum }}' } },
  ])
  const checksums: string[] = []
  for (const text of ['one', 'two']) {
    const { events } = await play(playbook, { extraVars: [`text=${text}`] })
    const told = events.findLast((event) => event['type'] === 'result') as unknown as {
      result: { msg: string }
    }
    checksums.push(told.result.msg)
  }
  expect(checksums).toEqual(['one', 'two'].map((text) => createHash('sha1').update(text).digest('hex')))
})

describe('what comes after a change that may touch anything', () => {
  const [repository, clone] = [`${directory}/repository`, `${directory}/clone`]
  const git = (...words: string[]) =>
    execFileSync('git', [
      '-C',
      repository,
      '-c',
      'user.name=Test',
      '-c',
      'user.email=test@localhost',
      ...words,
    ])
  const commit = (text: string) => {
    for (const name of ['a', 'b', 'c']) writeFileSync(join(repository, name), text)
    git('add', '.')
    git('commit', '-qm', text)
  }
  const playbook = tasks([
    { git: { repo: repository, dest: clone } },
    ...['a', 'b', 'c'].map((name) => ({ copy: { content: '{{ text }}', dest: `${clone}/${name}` } })),
    { stat: { path: `${clone}/a` }, register: 'seen' },
    { copy: { content: '{{ seen.stat.checksum }}', dest: `${directory}/checksum` } },
  ])
  beforeAll(() => {
    mkdirSync(repository)
    git('init', '-q')
  })

  test.each(['first', 'second'])('is read anew (%s)', async (text) => {
    commit(text)
    const played = await play(playbook, { extraVars: [`text=${text}`] })
    expect(played.lines.map((line) => line.split(' ', 2)[1])).toEqual([
      'changed',
      'ok',
      'ok',
      'ok',
      'ok',
      'changed',
    ])
    expect(frames(played)).toBeLessThanOrEqual(8)
  })

  test('is read anew where the change failed half way', async () => {
    commit('third')
    const half = tasks([
      {
        block: [{ git: { repo: repository, dest: clone, verify_commit: true } }],
        rescue: [
          { copy: { content: 'third', dest: `${clone}/a` }, register: 'copied' },
          { debug: { msg: '{{ copied is changed }}' } },
        ],
      },
    ])
    const { lines } = await play(half)
    expect(lines).toEqual([expect.stringMatching(/^one failed/), 'one ok copy', 'one ok debug: false'])
  })
})
