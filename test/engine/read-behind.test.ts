import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { play } from './play.ts'

const directory = mkdtempSync(join(tmpdir(), 'read-behind-'))
afterAll(() => rmSync(directory, { recursive: true }))

const tasks = (list: object[], more: object = {}) =>
  JSON.stringify([{ hosts: 'all', gather_facts: false, tasks: list, ...more }])

let count = 0
let repository: string
let clone: string
/** What a daemon makes some time after it was started. */
let late: string

beforeEach(() => {
  const here = join(directory, String(++count))
  repository = `${here}/repository`
  clone = `${here}/clone`
  late = `${here}/late`
  mkdirSync(repository, { recursive: true })
  git(repository, 'init', '-q')
  commit('first')
})

function git(where: string, ...words: string[]): void {
  execFileSync('git', ['-C', where, '-c', 'user.name=Test', '-c', 'user.email=test@localhost', ...words])
}

function commit(text: string): void {
  writeFileSync(join(repository, 'a'), text)
  git(repository, 'add', '.')
  git(repository, 'commit', '-qm', text)
}

/** A clone whose next update runs a script. */
function hooked(script: string): object {
  git(repository, 'clone', '-q', repository, clone)
  writeFileSync(`${clone}/.git/hooks/post-checkout`, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  commit('second')
  return { git: { repo: repository, dest: clone } }
}

/** A change that starts a daemon, which takes a moment. */
const starting = () => hooked(`(sleep 0.2; echo up >${late}) >/dev/null 2>&1 </dev/null &`)

describe('what a change has started and what is waited for after it', () => {
  const seen = [
    { stat: { path: '{{ late }}' }, register: 'there' },
    { debug: { msg: '{{ there.stat.exists }}' } },
  ]

  test('is looked at after a command that changes nothing', async () => {
    const wait = { shell: 'until [ -e "{{ late }}" ]; do sleep 0.05; done', changed_when: false }
    const { lines } = await play(tasks([starting(), wait, ...seen]), { extraVars: [`late=${late}`] })
    expect(lines.at(-1)).toBe('one ok debug: true')
  })

  test('is looked at on every host after one has waited for them all', async () => {
    const wait = {
      shell: 'until [ -e "{{ late }}" ]; do sleep 0.05; done',
      changed_when: false,
      run_once: true,
    }
    const { lines } = await play(
      tasks([{ ...starting(), when: "inventory_hostname == 'two'" }, wait, ...seen]),
      { extraVars: [`late=${late}`], hosts: ['one', 'two'] },
    )
    expect(lines.slice(-2).sort()).toEqual(['one ok debug: true', 'two ok debug: true'])
  })

  test('is looked at after a look', async () => {
    const server = await answersAfter(350)
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    try {
      const { lines } = await play(tasks([starting(), { uri: { url } }, ...seen]), {
        extraVars: [`late=${late}`],
      })
      expect(lines.at(-1)).toBe('one ok debug: true')
    } finally {
      server.close()
    }
  })
})

describe('a task that was ended for its time', () => {
  const after = (text: string) => [
    { copy: { content: text, dest: `${clone}/a` }, register: 'copied' },
    { debug: { msg: '{{ copied is changed }}' } },
  ]

  test('has its change looked at anew', async () => {
    const slow = { ...hooked('sleep 5'), timeout: 1, ignore_errors: true }
    const { lines } = await play(tasks([slow, ...after('second')]))
    expect(lines.at(-1)).toBe('one ok debug: false')
  })

  test('has what its command did looked at anew', async () => {
    mkdirSync(clone)
    const slow = { shell: `echo -n second >${clone}/a; sleep 5`, timeout: 1, ignore_errors: true }
    const other = { copy: { content: 'x', dest: `${clone}/b` } }
    const { lines } = await play(tasks([other, slow, ...after('second')]))
    expect(lines.at(-1)).toBe('one ok debug: false')
  })
})

test('a prediction that a change did not bear out is told once, with the task', async () => {
  const task = { name: 'Clone', ...hooked(`git -C ${clone} remote set-url origin /elsewhere`) }
  const { events } = await play(tasks([task, { stat: { path: `${clone}/a` } }]))
  const told = events.filter((event) => event['type'] === 'mispredicted') as unknown as {
    task: { name: string }
  }[]
  expect(told.map((each) => each.task.name)).toEqual(['Clone'])
})

test('what the next handler needs is asked for behind the one before it', async () => {
  const names = ['one', 'two', 'three']
  for (const name of names) git(repository, 'clone', '-q', repository, `${clone}-${name}`)
  commit('second')
  const handlers = names.map((name) => ({ name, git: { repo: repository, dest: `${clone}-${name}` } }))
  const list = [
    { copy: { content: 'x', dest: `${repository}/x` }, notify: names },
    { meta: 'flush_handlers' },
    ...names.map((name) => ({ copy: { content: 'second', dest: `${clone}-${name}/a` } })),
  ]
  const { events, lines } = await play(tasks(list, { handlers }))
  expect(lines.filter((line) => line.startsWith('one ok copy'))).toHaveLength(3)
  const { traffic } = events.find((event) => event['type'] === 'summary') as unknown as {
    traffic: { one: { frames: number } }
  }
  expect(traffic.one.frames).toBeLessThanOrEqual(13)
})

async function answersAfter(milliseconds: number): Promise<Server> {
  const server = createServer((_, answer) => setTimeout(() => answer.end('up'), milliseconds))
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening)
  })
  return server
}
