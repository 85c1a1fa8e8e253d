import { describe, expect, test } from 'vitest'
import apt from '../../runner/modules/apt.ts'
import package_ from '../../runner/modules/package.ts'
import { absentPackage, type PackageStatus } from '../../runner/resources/package.ts'
import type { PackageChange, PackageSolution } from '../../runner/resources/package-solution.ts'
import { diffLines, type Host, plan } from './harness.ts'

const installed = (version: string, more: Partial<PackageStatus> = {}): PackageStatus => ({
  ...absentPackage,
  status: 'installed',
  version,
  architecture: 'amd64',
  selection: 'install',
  ...more,
})

const newly = (name: string, after: string): PackageChange => ({
  action: 'install',
  name,
  architecture: 'amd64',
  before: null,
  after,
  status: absentPackage,
  leavesConfiguration: false,
})

function host(
  packages: Record<string, PackageStatus>,
  {
    changes = [] as PackageChange[],
    impossible = undefined as string | undefined,
    age = 60,
    empty = false,
  } = {},
): Host & { readonly asked: string[][] } {
  const asked: string[][] = []
  const solution: PackageSolution =
    impossible === undefined
      ? { possible: true, changes, configured: changes.map(({ name }) => name) }
      : { possible: false, message: impossible }
  return {
    asked,
    resources: {
      'package dpkg': installed('1.22'),
      'package index ': { empty, updated: 1, age, predicted: false },
      ...Object.fromEntries(Object.entries(packages).map(([name, status]) => [`package ${name}`, status])),
    },
    answer: (kind, key) => {
      if (kind !== 'package solution') return undefined
      asked.push([...(key as { words: readonly string[] }).words])
      return solution
    },
  }
}

describe('apt', () => {
  test('installs what apt says it would, and knows what was asked for from what came with it', () => {
    const machine = host(
      { nginx: absentPackage },
      { changes: [newly('nginx-common', '1.22'), newly('nginx', '1.22')] },
    )
    const { outcome, state } = plan(apt, { name: 'nginx' }, machine)
    expect(machine.asked).toContainEqual(['install', 'nginx'])
    expect(diffLines(outcome)).toEqual([
      'package nginx-common',
      'version: - → 1.22',
      'package nginx',
      'version: - → 1.22',
    ])
    const predicted = state
      .predictions()
      .map(({ resource, value }) => [resource.key, (value as PackageStatus).automatic])
    expect(predicted).toEqual([
      ['nginx-common', true],
      ['nginx', false],
    ])
  })

  test.each([
    ['is installed', { name: 'tree' }, { tree: installed('2') }],
    ['is there in the wanted version', { name: 'tree=2*' }, { tree: installed('2.1') }],
    ['is provided by another', { name: 'awk' }, { awk: { ...absentPackage, providers: ['mawk'] } }],
    ['is not there and not wanted', { name: 'tree', state: 'absent' }, { tree: absentPackage }],
  ])('leaves alone what %s, without asking apt', (_, args, packages) => {
    const machine = host(packages)
    expect(plan(apt, args, machine).outcome.type).toBe('unchanged')
    expect(machine.asked).toEqual([])
  })

  test('needs no young index where nothing is to be installed', () => {
    const machine = host({ tree: installed('2') }, { age: 1e6 })
    expect(plan(apt, { name: 'tree', update_cache: true }, machine).outcome.type).toBe('unchanged')
  })

  test.each([
    [60, []],
    [7000, ['package index', 'age: 117 minutes → fresh']],
  ])('an index that is %i seconds old, where an hour is young enough', (age, lines) => {
    const machine = host({ tree: absentPackage }, { age, changes: [newly('tree', '2')] })
    const { outcome } = plan(apt, { name: 'tree', cache_valid_time: 3600 }, machine)
    expect(diffLines(outcome)).toEqual([...lines, 'package tree', 'version: - → 2'])
  })

  test('marks a package as wanted that was installed for another', () => {
    const { outcome } = plan(apt, { name: 'tree' }, host({ tree: installed('2', { automatic: true }) }))
    expect(diffLines(outcome)).toEqual(['package tree', 'installed: automatically → because it is asked for'])
  })

  test.each([
    [
      'what apt cannot do, in its words, with the cure',
      { name: 'tre' },
      host({ tre: absentPackage }, { impossible: 'Unable to locate package tre', empty: true }),
      'add `update_cache: true`',
    ],
    [
      'who is not root',
      { name: 'tree' },
      { ...host({ tree: absentPackage }, { changes: [newly('tree', '2')] }), user: { uid: 1, user: 'ada' } },
      'add `become: true`',
    ],
    [
      'two things at once',
      { name: 'tree', upgrade: 'safe' },
      host({ tree: absentPackage }),
      'mutually exclusive',
    ],
    ['nothing at all', {}, host({}), 'nothing to do'],
    ['a name that is none', { name: 'a b' }, host({}), 'is no package'],
  ])('fails for %s', (_, args, machine, message) => {
    expect(plan(apt, args, machine).outcome).toMatchObject({
      type: 'failed',
      result: { msg: expect.stringContaining(message) },
    })
  })
})

describe('package', () => {
  test('is apt', () => {
    const machine = host({ tree: absentPackage }, { changes: [newly('tree', '2')] })
    expect(diffLines(plan(package_, { name: 'tree', use: 'auto' }, machine).outcome)).toEqual([
      'package tree',
      'version: - → 2',
    ])
  })

  test('fails for arguments of another package manager', () => {
    expect(
      plan(package_, { name: 'tree', enablerepo: 'epel' }, host({ tree: absentPackage })).outcome,
    ).toMatchObject({
      type: 'failed',
      result: { msg: 'not among the arguments of apt: enablerepo' },
    })
  })
})
