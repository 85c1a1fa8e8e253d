import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { play } from './play.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'facts-'))
  vi.stubEnv('ANSIBLE_CACHE_PLUGIN', 'jsonfile')
  vi.stubEnv('ANSIBLE_CACHE_PLUGIN_CONNECTION', directory)
  vi.stubEnv('ANSIBLE_CACHE_PLUGIN_PREFIX', 'p_')
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(directory, { recursive: true })
})

const tasks = (text: string) => `- hosts: all\n  gather_facts: false\n  tasks:\n${text}`

const SET = tasks(`
    - set_fact: { ansible_kept: 1, plain: "{{ '{' }}{ hostile }}", cacheable: true }
    - set_fact: { lost: 1 }
    - set_fact: { secret: "{{ word }}", cacheable: true }
`)

const TELL = tasks(`
    - name: told
      debug:
        msg: "{{ ansible_kept | default('-') }} {{ plain | default('-') }} {{ ansible_facts.plain | default('-') }} {{ lost | default('-') }}"
`)

test('what set_fact makes cacheable is there in the next run, as data, and nothing else', async () => {
  await play(SET.replace('{{ word }}', 'x'))
  expect(readdirSync(directory)).toEqual(['p_one'])
  expect(readFileSync(join(directory, 'p_one'), 'utf8')).not.toContain('lost')
  expect((await play(TELL)).lines).toEqual(['one ok told: 1 {{ hostile }} {{ hostile }} -'])
})

test('a dry run keeps nothing, and --flush-cache forgets what was kept', async () => {
  await play(SET.replace('{{ word }}', 'x'), { check: true })
  expect(readdirSync(directory)).toEqual([])
  await play(SET.replace('{{ word }}', 'x'))
  expect((await play(TELL, { flushCache: true })).lines).toEqual(['one ok told: - - - -'])
})

test('what was kept cannot move a host or make it another user’s', async () => {
  const kept = {
    ansible_connection: 'ssh',
    ansible_user: 'evil',
    ansible_become: true,
    ansible_colour: 'red',
  }
  writeFileSync(join(directory, 'p_one'), JSON.stringify(kept))
  const { lines } = await play(
    tasks(`
    - { name: told, debug: { msg: "{{ ansible_connection }} {{ ansible_user | default('-') }} {{ ansible_colour }}" } }
    - { name: reached, command: "true" }
`),
  )
  expect(lines).toEqual(['one ok told: local - red', 'one changed reached'])
})
