import { describe, expect, test } from 'vitest'
import { UnknownRead } from '../../runner/host/misses.ts'
import npm from '../../runner/modules/npm.ts'
import { path as pathKind } from '../../runner/resources/path.ts'
import { resource } from '../../runner/resources/resource.ts'
import { npmPackages } from '../../runner/resources/npm-packages.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { play } from '../engine/play.ts'
import { diffLines, type Host, plan } from './harness.ts'

const on = (installed: Dict, missing: string[] = []): Host => ({
  foresees: true,
  files: { '/srv/app/package.json': '{}', '/usr/bin/node': '', '/usr/local/bin/x': '' },
  answer: (kind) => (kind === 'npm packages' ? { installed, missing } : undefined),
})
const project = { path: '/srv/app' }

test.each<[args: Dict, host: Host]>([
  [{ name: 'pm2', global: true }, on({ pm2: '5.0.0' })],
  [{ name: 'pm2', version: '5.0.0', ...project }, on({ pm2: '5.0.0' })],
  [project, on({ pm2: '5.0.0' })],
  [{ name: 'pm2', state: 'absent', ...project }, on({})],
])('nothing is to do for %o', (args, host) => expect(plan(npm, args, host).outcome.type).toBe('unchanged'))

describe('a package', () => {
  test.each<[Dict, Dict, string, string]>([
    [{ name: 'pm2', global: true }, {}, '- → present', 'npm install --global'],
    [{ name: 'pm2', version: '5.0.0', ...project }, { pm2: '4.0.0' }, '4.0.0 → 5.0.0', 'pm2@5.0.0'],
    [{ name: 'pm2', state: 'absent', ...project }, { pm2: '4.0.0' }, '4.0.0 → -', 'npm uninstall'],
  ])('%o with %o', (args, installed, line, words) => {
    const { outcome, again } = plan(npm, args, on(installed))
    expect(diffLines(outcome)).toEqual(['npm package pm2', `version: ${line}`])
    expect((outcome as { script: { text: string } }).script.text.replaceAll("'", '')).toContain(words)
    expect(again().type).toBe('unchanged')
  })

  test('has files that nobody can tell before', () => {
    const made = plan(npm, { name: 'pm2', global: true }, on({}))
    expect(() => made.files.lstat('/usr/bin/pm2')).toThrow(UnknownRead)
    expect(made.files.lstat('/usr/bin/node').status.type).toBe('file')
    const inside = plan(npm, { name: 'pm2', ...project }, on({}))
    expect(() => inside.files.list('/srv/app/node_modules')).toThrow(UnknownRead)
  })
})

describe('a directory that is missing', () => {
  test.each<[Dict, string[]]>([
    [{}, ['/srv/new']],
    [{ state: 'latest' }, ['/srv/new']],
    [{ name: 'pm2' }, ['/srv/new', 'npm package pm2']],
    [{ name: 'pm2', state: 'absent' }, []],
  ])('is made for %o, as Ansible does', (args, paths) => {
    const { outcome, again, files } = plan(npm, { ...args, path: '/srv/new' }, on({}))
    expect(outcome.type === 'change' ? outcome.diff.map(({ path }) => path) : []).toEqual(paths)
    expect(files.stat('/srv/new').status.type).toBe(paths.length > 0 ? 'directory' : 'absent')
    expect(again().type).toBe(args['state'] === 'latest' ? 'opaque' : 'unchanged')
  })

  test('is a mistake where something else is there', () => {
    expect(plan(npm, { path: '/usr/bin/node' }, on({})).outcome).toMatchObject({
      type: 'failed',
      result: { msg: 'path /usr/bin/node is not a directory' },
    })
  })
})

test.each<[Dict, Host]>([
  [project, on({}, ['left-pad'])],
  [{ ...project, ci: true }, on({})],
  [{ name: 'pm2', state: 'latest', global: true }, on({ pm2: '1.0.0' })],
])('only npm can tell what comes of %o', (args, host) =>
  expect(plan(npm, args, host).outcome.type).toBe('opaque'),
)

test('what a project wants cannot be told where a dry run foretells its package.json', async () => {
  const tasks = `
- hosts: all
  gather_facts: false
  tasks:
    - { name: written, copy: { dest: "{{ playbook_dir }}/package.json", content: '{ "dependencies": { "a": "1.0.0" } }' } }
    - { name: installed, npm: { path: "{{ playbook_dir }}" } }
`
  const { lines } = await play(tasks, { check: true })
  expect(lines).toEqual(['one changed written', 'one unknown installed'])
})

test('what npm lists counts no more when package.json is changed', () => {
  const changed = (path: string) =>
    npmPackages.outdatedBy?.(resource(pathKind, path), { npm: 'npm', path: '/srv/app' })
  expect(changed('/srv/app/package.json')).toBe(true)
  expect(changed('/srv/app/README.md')).toBe(false)
})

test.each<Dict>([{}, { global: true }, { state: 'absent', path: '/srv/app' }])('%o fails', (args) =>
  expect(plan(npm, args, on({})).outcome.type).toBe('failed'),
)

test('what npm lists is read', () => {
  const answer = `+\n${JSON.stringify({
    dependencies: {
      a: { version: '1.0.0' },
      b: { required: '^2', missing: true },
      c: { version: '1', invalid: 'x' },
    },
  })}\0+\nno json\0\0`
  const place = { npm: 'npm' }
  expect(npmPackages.parse(Buffer.from(answer), [place, place, place])).toEqual([
    { installed: { a: '1.0.0', c: '1' }, missing: ['b', 'c'] },
    { installed: {}, missing: [] },
    null,
  ])
})
