import { describe, expect, test } from 'vitest'
import { effect } from '../../runner/host/state.ts'
import package_facts from '../../runner/modules/package_facts.ts'
import { absentPackage, packageKind, type PackageStatus } from '../../runner/resources/package.ts'
import { Unknown } from '../../runner/variables/unknown.ts'
import { plan } from './harness.ts'

const host = {
  resources: {
    'packages ': [
      { name: 'tree', version: '2', arch: 'amd64', category: 'utils' },
      { name: 'libc6', version: '1', arch: 'amd64', category: 'libs' },
      { name: 'libc6', version: '1', arch: 'i386', category: 'libs' },
    ],
  },
}

function listed(more: Parameters<typeof plan>[2] = {}) {
  const { outcome } = plan(package_facts, {}, { ...host, ...more })
  return outcome.type === 'unchanged' ? (outcome.facts?.['packages'] as Record<string, unknown>) : undefined
}

describe('package_facts', () => {
  test('lists every installed package, each architecture by itself', () => {
    expect(listed()).toMatchObject({
      tree: [{ name: 'tree', version: '2', arch: 'amd64', category: 'utils', source: 'apt' }],
      libc6: [{ arch: 'amd64' }, { arch: 'i386' }],
    })
  })

  test('knows what the run installs and removes', () => {
    const status = (more: Partial<PackageStatus>): PackageStatus => ({ ...absentPackage, ...more })
    const predicted = [
      effect(packageKind, 'hello', status({ status: 'installed', version: '3', architecture: 'amd64' })),
      effect(packageKind, 'tree', absentPackage),
    ]
    const packages = listed({ predicted })!
    expect(packages).toMatchObject({
      hello: [{ name: 'hello', version: '3', category: expect.any(Unknown) }],
    })
    expect(packages).not.toHaveProperty('tree')
  })

  test('says of a package that cannot be told that it cannot', () => {
    const predicted = [effect(packageKind, 'tree', new Unknown({ what: 'a command' }))]
    expect(listed({ predicted })!['tree']).toEqual([expect.any(Unknown)])
  })
})
