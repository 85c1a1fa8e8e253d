import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { play, type PlayOptions } from './play.ts'

let parent: string
let journal: string

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'journal-'))
  journal = join(parent, 'rehearsal', 'pending-handlers.json')
  vi.stubEnv('REHEARSAL_JOURNAL', journal)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(parent, { recursive: true, force: true })
})

/** A site that fails between a change and the reload that it asks for, unless told otherwise. */
const SITE = `
- name: site
  hosts: all
  gather_facts: false
  roles: [nginx]
  tasks:
    - { name: breaks, fail: { msg: broken }, when: broken | default(true) | bool }`
const files = {
  'roles/nginx/tasks/main.yml': `
- { name: Configure, command: "true", changed_when: change | default(true) | bool, notify: Reload, tags: nginx }
- { name: look, stat: { path: / }, tags: nginx }`,
  'roles/nginx/handlers/main.yml': '- { name: Reload, debug: { msg: reloaded } }',
}
const run = async (vars: string, flags: Partial<PlayOptions> = {}, playbook = SITE) => {
  const { lines, events, exitCode } = await play(playbook, { files, extraVars: [vars], ...flags })
  const reloads = lines
    .filter((line) => line.includes('Reload'))
    .map((line) => line.replace(': reloaded', ''))
  const said = events.flatMap((event) => (event['type'] === 'message' ? [String(event['text'])] : []))
  return { reloads, said, exitCode, events }
}
const fails = () => run('broken=true')
const MENDED = 'broken=false change=false'

describe('handlers that were notified before a failure', () => {
  test('are kept by name on the host, for root alone, and run the next time', async () => {
    const { reloads, said } = await fails()
    expect(reloads).toEqual([])
    expect(said).toEqual(["[one]: handler 'nginx : Reload' is kept for the next run"])
    expect(JSON.parse(readFileSync(journal, 'utf8'))).toEqual([
      {
        host: 'one',
        playbook: 'playbook.yml',
        play: 'site',
        role: 'nginx',
        handler: 'Reload',
        by: expect.stringMatching(/nginx\/tasks\/main\.yml:2$/),
      },
    ])
    expect(statSync(journal).mode & 0o777).toBe(0o600)

    const again = await run(MENDED)
    expect(again.reloads).toEqual(['one ok Reload'])
    expect(again.events).toContainEqual(
      expect.objectContaining({ type: 'notified', handler: 'Reload', host: 'one', earlier: true }),
    )
    expect(existsSync(dirname(journal))).toBe(false)
    expect((await run(MENDED)).reloads).toEqual([])
  })

  test('run once when they are notified anew as well', async () => {
    await fails()
    expect((await run('broken=false')).reloads).toEqual(['one ok Reload'])
    expect(existsSync(journal)).toBe(false)
  })

  test('stay owed while runs go on failing', async () => {
    await fails()
    await run('broken=true change=false')
    expect((await run(MENDED)).reloads).toEqual(['one ok Reload'])
  })

  test('are shown by a dry run, which changes nothing of it', async () => {
    await run('broken=true', { check: true })
    expect(existsSync(dirname(journal))).toBe(false)
    await fails()
    const before = readFileSync(journal, 'utf8')
    expect((await run(MENDED, { check: true })).reloads).toEqual(['one ok Reload'])
    expect(readFileSync(journal, 'utf8')).toBe(before)
  })

  test('are not owed when force_handlers let them run', async () => {
    expect((await run('broken=true', { forceHandlers: true })).reloads).toEqual(['one ok Reload'])
    expect(existsSync(journal)).toBe(false)
  })

  test('that fail themselves are owed', async () => {
    const broken = { ...files, 'roles/nginx/handlers/main.yml': '- { name: Reload, fail: { msg: no } }' }
    await run('broken=false', { files: broken })
    expect((await run(MENDED)).reloads).toEqual(['one ok Reload'])
  })

  test('are each host’s own', async () => {
    const hosts = ['one', 'two']
    const playbook = SITE.replace('| bool }', '| bool and inventory_hostname == "one" }')
    await run('broken=true', { hosts }, playbook)
    const again = await run(MENDED, { hosts }, playbook)
    expect(again.reloads).toEqual(['one ok Reload'])
    expect((await run(MENDED, { hosts }, playbook)).reloads).toEqual([])
  })

  test('are kept for every host, also where hosts are one machine and fail at the same time', async () => {
    const hosts = ['one', 'two', 'three', 'four', 'five']
    const reloads = hosts.map((host) => `${host} ok Reload`)
    const { said } = await run('broken=true', { hosts })
    expect(said.toSorted()).toEqual(
      hosts.map((host) => `[${host}]: handler 'nginx : Reload' is kept for the next run`).toSorted(),
    )
    expect((await run(MENDED, { hosts })).reloads.toSorted()).toEqual(reloads.toSorted())
    expect(existsSync(dirname(journal))).toBe(false)
  })

  test('are the play’s own: another play or playbook leaves them alone', async () => {
    await fails()
    expect((await run(MENDED, {}, SITE.replace('name: site', 'name: other'))).reloads).toEqual([])
    expect((await run(MENDED)).reloads).toEqual(['one ok Reload'])
  })

  test('wait for a run whose tags are theirs', async () => {
    const tagged = {
      ...files,
      'roles/nginx/handlers/main.yml': '- { name: Reload, debug: { msg: reloaded }, tags: nginx }',
    }
    await fails()
    expect((await run(MENDED, { files: tagged, skipTags: ['nginx'] })).reloads).toEqual([])
    expect((await run(MENDED, { files: tagged, tags: ['nginx'] })).reloads).toEqual(['one ok Reload'])
  })

  test('that are not in the play any more are told and forgotten', async () => {
    await fails()
    const renamed = {
      ...files,
      'roles/nginx/handlers/main.yml': '- { name: Restart, debug: , listen: Reload }',
    }
    const { said } = await run(MENDED, { files: renamed })
    expect(said).toEqual([
      "[one]: handler 'nginx : Reload' is owed by an earlier run and not in the play any more, so forgotten",
    ])
    expect(existsSync(journal)).toBe(false)
  })

  test('come back when nothing on the host was read before', async () => {
    const commands = {
      ...files,
      'roles/nginx/tasks/main.yml': '- { name: work, command: "true", changed_when: false }',
    }
    await fails()
    expect((await run(MENDED, { files: commands })).reloads).toEqual(['one ok Reload'])
  })

  test.each([
    'not JSON',
    '{}',
    '[1, null, {"host": "one"}]',
    '[{"host": "one", "playbook": "playbook.yml", "play": "site", "handler": "{{ 1 }}"}]',
  ])('a journal that says %s selects nothing', async (text) => {
    await fails()
    writeFileSync(journal, text)
    const { reloads, exitCode } = await run(MENDED)
    expect([reloads, exitCode]).toEqual([[], 0])
  })

  test('whose name holds a secret are not written down', async () => {
    const secret = {
      ...files,
      'roles/nginx/handlers/main.yml': '- { name: "Reload {{ hidden }}", debug: , listen: Reload }',
    }
    const playbook = SITE.replace(
      '  roles:',
      "  vars: { hidden: \"{{ lookup('password', '/dev/null') }}\" }\n  roles:",
    )
    await run('broken=true', { files: secret }, playbook)
    expect(existsSync(journal)).toBe(false)
  })

  test('are lost without a word where the user may not write', async () => {
    writeFileSync(join(parent, 'rehearsal'), 'not a directory')
    const { said, exitCode } = await fails()
    expect([said, exitCode]).toEqual([[], 2])
  })
})
