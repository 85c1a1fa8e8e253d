import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import deb822_repository from '../../runner/modules/deb822_repository.ts'
import get_url from '../../runner/modules/get_url.ts'
import type { AnyModule } from '../../runner/modules/module.ts'
import unarchive from '../../runner/modules/unarchive.ts'
import { npmPackages } from '../../runner/resources/npm-packages.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { play } from '../engine/play.ts'
import { plan } from './harness.ts'

const directory = mkdtempSync(join(tmpdir(), 'environment-'))
afterAll(() => rmSync(directory, { recursive: true }))

/** Runs tasks under an environment, and tells how each ended. */
async function run(environment: Record<string, string>, tasks: readonly object[]): Promise<string[]> {
  const playbook = [{ hosts: 'all', gather_facts: false, environment, tasks }]
  const { lines } = await play(JSON.stringify(playbook))
  return lines.map((line) => line.replace(/:.*/s, ''))
}

/** A program of the tests' own, in a directory for PATH. */
function program(name: string, text: string): string {
  const at = join(directory, `${name}-bin`)
  mkdirSync(at)
  writeFileSync(join(at, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  return `${at}:${process.env['PATH']}`
}

describe('what a task does by its environment is looked at in the same', () => {
  test('the home of git', async () => {
    const task = { name: 'set', git_config: { name: 'a.b', value: 'c', scope: 'global' } }
    const HOME = join(directory, 'home')
    mkdirSync(HOME)
    expect(await run({ HOME }, [task, { ...task, name: 'kept' }])).toEqual(['one changed set', 'one ok kept'])
    expect(
      execFileSync('git', ['config', '--file', join(HOME, '.gitconfig'), 'a.b'], { encoding: 'utf8' }),
    ).toBe('c\n')
  })

  test('the file that git is told to take', async () => {
    const task = { name: 'set', git_config: { name: 'a.b', value: 'c', scope: 'global' } }
    const GIT_CONFIG_GLOBAL = join(directory, 'settings')
    const written = { name: 'written', copy: { dest: GIT_CONFIG_GLOBAL, content: '[a]\nb = d\n' } }
    const tasks = [task, { ...task, name: 'kept' }, written, { ...task, name: 'set again' }]
    expect(await run({ GIT_CONFIG_GLOBAL }, tasks)).toEqual([
      'one changed set',
      'one ok kept',
      'one changed written',
      'one changed set again',
    ])
  })

  test('what git takes for an address', async () => {
    const upstream = join(directory, 'upstream')
    const git = (...words: string[]) =>
      execFileSync('git', ['-C', upstream, '-c', 'user.name=a', '-c', 'user.email=a@b', ...words])
    mkdirSync(upstream)
    git('init', '-q', '-b', 'main')
    git('commit', '-q', '--allow-empty', '-m', 'one')
    const environment = {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `url.${directory}/.insteadOf`,
      GIT_CONFIG_VALUE_0: 'mine:',
    }
    const task = { name: 'cloned', git: { repo: 'mine:upstream', dest: join(directory, 'clone') } }
    expect(await run(environment, [task, { ...task, name: 'kept' }])).toEqual([
      'one changed cloned',
      'one ok kept',
    ])
  })

  test('the proxy of get_url', async () => {
    const proxy = createServer((request, response) => response.end(`proxied ${request.url}`)).listen(
      0,
      '127.0.0.1',
    )
    await new Promise((resolve) => proxy.once('listening', resolve))
    const http_proxy = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    const dest = join(directory, 'fetched')
    const tasks = [{ name: 'fetched', get_url: { url: 'http://elsewhere.invalid/x', dest } }]
    expect(await run({ http_proxy, no_proxy: '' }, tasks)).toEqual(['one changed fetched'])
    proxy.close()
  })

  test('which npm it is, and where it installs for all', async () => {
    const PATH = program(
      'npm',
      `case $1 in list) cat "$npm_config_prefix/list" 2>/dev/null || echo '{}';;
install) echo '{"dependencies":{"pm2":{"version":"5.0.0"}}}' > "$npm_config_prefix/list";; esac`,
    )
    const task = { npm: { name: 'pm2', global: true } }
    const environment = { PATH, npm_config_prefix: directory }
    expect(await run(environment, [{ ...task, name: 'installed' }])).toEqual(['one changed installed'])
    expect(await run(environment, [{ ...task, name: 'kept' }])).toEqual(['one ok kept'])
  })

  test('which pip it is, and where it installs', async () => {
    const PATH = program(
      'pip3',
      `case $1 in list) cat "$PYTHONUSERBASE/list" 2>/dev/null;; install) echo six==1.0 > "$PYTHONUSERBASE/list"; echo Successfully installed;; esac`,
    )
    const task = { name: 'installed', pip: { name: 'six', break_system_packages: true } }
    expect(await run({ PATH, PYTHONUSERBASE: directory }, [task, { ...task, name: 'kept' }])).toEqual([
      'one changed installed',
      'one ok kept',
    ])
  })
})

test.each<[AnyModule, Dict]>([
  [get_url, { url: 'https://example.org/x', dest: '/srv/x' }],
  [unarchive, { src: 'https://example.org/x.tar', remote_src: true, dest: '/srv' }],
  [
    deb822_repository,
    { name: 'x', uris: 'https://example.org', suites: 'stable', signed_by: 'https://example.org/key' },
  ],
])('$name fetches by the proxy of its environment', (module, args) => {
  const keys: unknown[] = []
  const answer = (kind: string, key: unknown) =>
    kind === 'download' ? (keys.push(key), { error: 'x' }) : undefined
  plan(module, args, {
    files: { '/srv/here': '' },
    environment: { https_proxy: 'http://proxy', EDITOR: 'vi' },
    answer,
  })
  expect(keys).toMatchObject([{ environment: { https_proxy: 'http://proxy' } }])
  expect(keys[0]).not.toHaveProperty('environment.EDITOR')
})

test('a password in an environment stands in no name of what is read', () => {
  const id = npmPackages.id({ npm: 'npm', environment: { npm_config_prefix: 'secret' } })
  expect(id).not.toContain('secret')
  expect(id).not.toBe(npmPackages.id({ npm: 'npm' }))
})
