import { describe, expect, test } from 'vitest'
import dpkg_selections from '../../runner/modules/dpkg_selections.ts'
import { absentPackage } from '../../runner/resources/package.ts'
import { diffLines, plan } from './harness.ts'

const installed = { ...absentPackage, status: 'installed', version: '1', selection: 'install' }
const host = (status: object) => ({ resources: { 'package tree': status } })

describe('dpkg_selections', () => {
  test('holds a package', () => {
    const planned = plan(dpkg_selections, { name: 'tree', selection: 'hold' }, host(installed))
    expect(diffLines(planned.outcome)).toEqual(['package tree', 'selection: install → hold'])
    expect(planned.outcome).toMatchObject({ result: { before: 'install', after: 'hold' } })
    expect(planned.again().type).toBe('unchanged')
  })

  test('leaves one that is held', () => {
    const held = { ...installed, selection: 'hold' }
    expect(plan(dpkg_selections, { name: 'tree', selection: 'hold' }, host(held)).outcome.type).toBe(
      'unchanged',
    )
  })

  test('fails for a package that dpkg does not know', () => {
    expect(
      plan(dpkg_selections, { name: 'tree', selection: 'hold' }, host(absentPackage)).outcome,
    ).toMatchObject({
      type: 'failed',
      result: { msg: expect.stringContaining("Failed to find package 'tree'") },
    })
  })
})
