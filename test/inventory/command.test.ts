import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { Vault } from '../../runner/vault/vault.ts'
import { project, type Tree } from './project.ts'

// Each test starts programs, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

const PLAY = join(import.meta.dirname, 'play-inventory.ts')

/** Runs `play inventory …` among these files. */
function play(files: Tree, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const cwd = project(files)
  return new Promise((resolve) => {
    execFile(process.execPath, [PLAY, 'inventory', ...args], { cwd }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr })
    })
  })
}

const FILES: Tree = {
  'inventory.yml': `
all:
  children:
    web:
      hosts:
        web1: { sandbox: true }
        web2: { sandbox: { suite: trixie }, ansible_host: 192.0.2.2 }
      vars: { port: 8080, url: 'http://{{ ansible_host }}:{{ port }}/', later: '{{ ansible_facts.os }}' }
    db: { hosts: { db1: , web2: } }
`,
  'group_vars/web.yml': 'peers: "{{ groups.web }}"\nother: "{{ hostvars.web2.url }}"\n',
}

describe('play inventory', () => {
  it('prints a host’s variables evaluated, with the address of its sandbox', async () => {
    const { stdout, code } = await play(FILES, '--host', 'web1')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      sandbox: true,
      ansible_host: '10.1.2.3',
      ansible_user: 'debian',
      port: 8080,
      url: 'http://10.1.2.3:8080/',
      later: '{{ ansible_facts.os }}',
      peers: ['web1', 'web2'],
      other: 'http://192.0.2.2:8080/',
    })
  })

  it('prints the inventory as a script would give it, so that it can be one', async () => {
    const { stdout } = await play(FILES, '--list', '--limit', 'db', '-e', 'port=81')
    const listing = JSON.parse(stdout) as Record<string, object>
    expect(Object.keys(listing)).toEqual(['_meta', 'all', 'db', 'web'])
    expect(listing).toMatchObject({
      all: { children: ['ungrouped', 'web', 'db'] },
      web: { hosts: ['web2'] },
      db: { hosts: ['db1', 'web2'] },
      _meta: { hostvars: { web2: { url: 'http://192.0.2.2:81/' }, db1: { port: '81' } } },
    })
  })

  it('draws groups and hosts', async () => {
    const { stdout } = await play(FILES, '--graph')
    expect(stdout).toBe(
      [
        '@all:',
        '  |--@ungrouped:',
        '  |--@web:',
        '  |  |--web1',
        '  |  |--web2',
        '  |--@db:',
        '  |  |--db1',
        '  |  |--web2',
        '',
      ].join('\n'),
    )
  })

  it.each<[string, Tree, string[], RegExp]>([
    [
      'an unknown host',
      FILES,
      ['--host', 'wbe1'],
      /the inventory has no host 'wbe1'\nhint: did you mean 'web1'\?/,
    ],
    [
      'a limit that matches nothing',
      FILES,
      ['--list', '-l', 'wbe'],
      /no host of all is left by the limit wbe\nhint: did you mean 'web'\?/,
    ],
    [
      'a mistake in a file',
      { ...FILES, 'group_vars/db.yml': 'a: 1\na: 2\n' },
      ['--list'],
      /group_vars\/db.yml:2:1: duplicate key 'a'/,
    ],
    ['a missing inventory', FILES, ['-i', 'nothing', '--list'], /inventory nothing does not exist/],
  ])('says what is wrong: %s', async (_, files, args, message) => {
    const { code, stderr, stdout } = await play(files, ...args)
    expect([code, stdout]).toEqual([4, ''])
    expect(stderr).toMatch(message)
  })

  it('shows no secret', async () => {
    const vault = new Vault([{ id: 'default', password: Buffer.from('open sesame') }])
    const files = {
      ...FILES,
      pw: 'open sesame',
      'group_vars/db.yml': vault.encrypt('token: hidden\nlist: ["x {{ token }}"]\n'),
    }
    const { stdout } = await play(files, '--host', 'db1', '--vault-password-file', 'pw')
    expect(JSON.parse(stdout)).toEqual({ token: '********', list: ['********'] })
  })

  it('prints what a script says literally, with what a terminal would obey made visible', async () => {
    const answer =
      '{"g": ["h\\u001b[2J\\n\\u202e"], "_meta": {"hostvars": {"h\\u001b[2J\\n\\u202e": {"v": "{{ 1 }}\\u009b"}}}}'
    const hostile = `#!/bin/sh\ncat <<'END'\n${answer}\nEND\n`
    const listed = await play({ hostile }, '-i', 'hostile', '--list')
    expect(JSON.parse(listed.stdout)).toMatchObject({
      _meta: { hostvars: { 'h\u001b[2J\n\u202e': { v: '{{ 1 }}\u009b' } } },
    })
    expect(listed.stdout).not.toMatch(/[\u001b\u009b\u202e]/)
    const graph = await play({ hostile }, '-i', 'hostile', '--graph')
    expect(graph.stdout).not.toMatch(/[\u001b\u202e]/)
    expect(graph.stdout.split('\n')).toHaveLength(5)
  })
})
