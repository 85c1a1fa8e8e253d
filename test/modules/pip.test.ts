import { describe, expect, test } from 'vitest'
import { UnknownRead } from '../../runner/host/misses.ts'
import pip from '../../runner/modules/pip.ts'
import { parseRequirement, satisfies } from '../../runner/modules/support/pip-requirement.ts'
import { pipPackages } from '../../runner/resources/pip-packages.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { diffLines, type Host, plan } from './harness.ts'

const MANAGED = '/usr/lib/python3.13/EXTERNALLY-MANAGED'
const on = (installed: unknown, more: Partial<Host> = {}): Host => ({
  ...more,
  resources: { 'pip packages pip3': installed },
})

describe('requirements', () => {
  test.each<[requirement: string, version: string, fits: boolean]>([
    ['flask', '1.0', true],
    ['Flask_Login[extra] == 1.0', '1.0.0', true],
    ['flask==1.0', '1.0.1', false],
    ['flask==1.*', '1.9', true],
    ['flask!=1.*', '1.9', false],
    ['flask>=1.0,<2', '1.10', true],
    ['flask>=1.0,<2', '2.0', false],
    ['flask (>1,!=1.5)', '1.5', false],
    ['flask~=1.4.2', '1.4.9', true],
    ['flask~=1.4.2', '1.5.0', false],
    ['flask===1.0', '1.0.0', false],
  ])('%s, with %s: %s', (text, version, fits) => {
    expect(satisfies(version, parseRequirement(text)!)).toBe(fits)
  })

  test.each([
    './package',
    'git+https://example.org/x.git',
    'https://example.org/x.whl',
    'flask; python_version<"3"',
    'a @ file:///x',
  ])('%s is for pip itself to look at', (text) => expect(parseRequirement(text)).toBeUndefined())
})

test('what pip lists is read by normalized name', () => {
  const answer = Buffer.from('+\nFlask_Login==0.6\nodd line\n__proto__==1\n\0\0')
  const [first, second] = pipPackages.parse(answer, [{ pip: 'pip3' }, { pip: 'none' }])
  expect(Object.entries(first!)).toEqual([
    ['flask-login', '0.6'],
    ['-proto-', '1'],
  ])
  expect(second).toBeNull()
})

describe('packages', () => {
  test.each<[says: string, args: Dict, diff: string[], words: string]>([
    [
      'are installed',
      { name: ['flask', 'jinja2'] },
      ['Python package flask', 'version: absent → present'],
      'pip3 install flask jinja2',
    ],
    [
      'of a version',
      { name: 'flask', version: '3.0' },
      ['Python package flask', 'version: absent → 3.0'],
      'pip3 install flask==3.0',
    ],
    [
      'are replaced where the version does not fit',
      { name: 'jinja2<3' },
      ['Python package jinja2', 'version: 3.1 → present'],
      'pip3 install jinja2<3',
    ],
    [
      'are removed',
      { name: 'Jinja2', state: 'absent' },
      ['Python package jinja2', 'version: 3.1 → absent'],
      'pip3 uninstall -y jinja2',
    ],
    [
      'are installed anew',
      { name: 'jinja2', state: 'forcereinstall' },
      ['Python package jinja2', 'version: 3.1 → present'],
      'pip3 install -U --force-reinstall jinja2',
    ],
    [
      'with more words',
      { name: 'flask', extra_args: '--no-index -f /w', editable: true },
      ['Python package flask', 'version: absent → present'],
      'pip3 install --no-index -f /w -e flask',
    ],
  ])('%s', (_, args, diff, words) => {
    const planned = plan(pip, args, on({ jinja2: '3.1' }))
    const { outcome } = planned
    if (outcome.type !== 'change') throw new Error(JSON.stringify(outcome))
    expect(diffLines(outcome)).toEqual(diff)
    expect(outcome.script.text.replaceAll("'", '')).toContain(
      `PIP_DISABLE_PIP_VERSION_CHECK=1 ${words} </dev/null`,
    )
    if (args['state'] !== 'forcereinstall') expect(planned.again().type).toBe('unchanged')
  })

  test.each<Dict>([{ name: 'jinja2' }, { name: 'JINJA2>=3' }, { name: 'flask', state: 'absent' }])(
    '%j is as it should be',
    (args) => {
      expect(plan(pip, args, on({ jinja2: '3.1' })).outcome.type).toBe('unchanged')
    },
  )

  test.each<Dict>([
    { name: 'jinja2', state: 'latest' },
    { requirements: '/r.txt' },
    { name: 'https://example.org/x.whl' },
  ])('%j is for pip to tell', (args) => expect(plan(pip, args, on({})).outcome.type).toBe('opaque'))

  test('need a pip, which an earlier task may bring', () => {
    expect(plan(pip, { name: 'x' }, on(null)).outcome).toMatchObject({
      type: 'failed',
      result: { msg: 'Unable to find any of pip3 to use.  pip needs to be installed.' },
    })
    expect(plan(pip, { name: 'x' }, on(null, { files: { '/usr/bin/pip3': '' } })).outcome.type).toBe('change')
  })

  test('are not put among those of the system unless it is asked for', () => {
    const host: Host = {
      files: { [MANAGED]: '' },
      resources: { 'pip packages pip3': {} },
    }
    expect(plan(pip, { name: 'x' }, host).outcome).toMatchObject({
      type: 'failed',
      result: {
        msg: `this Python is managed by the system (${MANAGED}): use virtualenv, or break_system_packages`,
      },
    })
    expect(plan(pip, { name: 'x', break_system_packages: true }, host).outcome.type).toBe('change')
  })

  test('go to an environment that is made for them', () => {
    const args = {
      name: 'x',
      virtualenv: '/srv/env',
      virtualenv_command: 'python3 -m venv',
      virtualenv_site_packages: true,
    }
    const planned = plan(pip, args, {})
    const { outcome } = planned
    if (outcome.type !== 'change') throw new Error(JSON.stringify(outcome))
    expect(outcome.script.text.split('\n')).toEqual([
      "python3 '-m' venv '--system-site-packages' /srv/env || exit",
      'PIP_DISABLE_PIP_VERSION_CHECK=1 /srv/env/bin/pip3 install x </dev/null',
    ])
  })

  test.each<[Dict, string]>([
    [{}, 'one of the following is required: name, requirements, virtualenv'],
    [{ name: 'a', requirements: '/r' }, 'name and requirements exclude each other'],
    [{ name: ['a', 'b'], version: '1' }, "'version' argument is ambiguous"],
  ])('%j is refused', (args, says) => {
    expect(plan(pip, args, on({})).outcome).toMatchObject({
      type: 'failed',
      result: { msg: expect.stringContaining(says) as string },
    })
  })
})

describe('what is in its files nobody can tell', () => {
  const unknown = (of: ReturnType<typeof plan>, path: string) =>
    expect(() => of.files.lstat(path)).toThrow(UnknownRead)
  const type = (of: ReturnType<typeof plan>, path: string) => of.files.lstat(path).status.type

  test('in a new environment, of nothing but what every environment has', () => {
    const made = plan(
      pip,
      { name: 'flask', virtualenv: '/srv/env' },
      { foresees: true, files: { '/srv/x': '' } },
    )
    expect(['/srv/env', '/srv/env/bin', '/srv/env/bin/activate'].map((path) => type(made, path))).toEqual([
      'directory',
      'directory',
      'file',
    ])
    unknown(made, '/srv/env/bin/flask')
    unknown(made, '/srv/env/lib/python3.13/site-packages/flask/app.py')
    expect(() => made.files.list('/srv/env/bin')).toThrow(UnknownRead)
    expect(type(made, '/srv/none')).toBe('absent')
  })

  const there: Host = {
    foresees: true,
    files: { '/srv/env/bin/activate': '', '/srv/env/bin/other': '', '/srv/env/bin/pip3': '' },
    resources: { 'pip packages /srv/env/bin/pip3': { jinja2: '2.0' } },
  }
  test('in one that is there, of what was not', () => {
    const made = plan(pip, { name: 'flask', virtualenv: '/srv/env' }, there)
    unknown(made, '/srv/env/bin/flask')
    expect(type(made, '/srv/env/bin/other')).toBe('file')
  })

  test('nor of what was there, where a package gives way to another version', () => {
    unknown(plan(pip, { name: 'jinja2==3.0', virtualenv: '/srv/env' }, there), '/srv/env/bin/other')
  })

  test.each<[user: Host['user'], path: string]>([
    [{}, '/usr/local/bin/flask'],
    [{ user: 'app', uid: 7, home: '/home/app' }, '/home/app/.local/bin/flask'],
  ])('of the system’s Python, as %o', (user, path) => {
    const args = { name: 'flask', break_system_packages: true }
    const made = plan(pip, args, {
      ...on({}, { user, foresees: true }),
      files: { '/usr/bin/pip3': '', '/home/app/x': '' },
    })
    unknown(made, path)
    expect(type(made, '/opt/x')).toBe('absent')
  })
})
