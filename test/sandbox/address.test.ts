import { describe, expect, test } from 'vitest'
import {
  chooseAddress,
  chooseNetwork,
  hardwareAddress,
  routedNetworks,
} from '../../runner/sandbox/address.ts'
import { bridgeName, linkName } from '../../runner/sandbox/network.ts'
import { projectId } from '../../runner/sandbox/paths.ts'

describe('a project’s network', () => {
  test('follows from its id', async () => {
    expect(await chooseNetwork('0a0000', [])).toBe(await chooseNetwork('0a0000', []))
  })

  test('is another one when that is taken', async () => {
    const first = await chooseNetwork('0a0000', [])
    const second = await chooseNetwork('0a0000', [first])
    expect(second).not.toBe(first)
    expect(second).toMatch(/^10\.213\.\d+$/)
  })

  test('wraps around at the end of the range', async () => {
    const high = Array.from({ length: 6 }, (_, index) => `10.213.${250 + index}`)
    expect(await chooseNetwork('fa0000', high)).toMatch(/^10\.213\.\d{1,2}$/)
  })

  test('is refused when there is none left', async () => {
    const every = Array.from({ length: 256 }, (_, index) => `10.213.${index}`)
    await expect(chooseNetwork('000000', every)).rejects.toThrow('10.213.0.0/16 is in use')
  })
})

test('routes of this machine are read from the kernel’s table', () => {
  const table = [
    'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'tun0\t0007D50A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
  ].join('\n')
  expect(routedNetworks(table)).toEqual(['10.213.7'])
})

test('machines get the lowest free address', () => {
  expect(chooseAddress('10.213.7', [])).toBe('10.213.7.10')
  expect(chooseAddress('10.213.7', ['10.213.7.10', '10.213.7.12'])).toBe('10.213.7.11')
})

test('a hardware address is local and goes with the address', () => {
  expect(hardwareAddress('10.213.7.250')).toBe('02:00:0a:d5:07:fa')
})

test('names of interfaces fit into the kernel’s 15 characters', () => {
  const id = projectId('/a/checkout')
  expect(bridgeName(id).length).toBeLessThanOrEqual(15)
  expect(linkName(id, '10.213.255.250').length).toBeLessThanOrEqual(15)
})

test('two checkouts have different ids, one always the same', () => {
  expect(projectId('/a/checkout')).not.toBe(projectId('/b/checkout'))
  expect(projectId('/a/checkout/')).toBe(projectId('/a/checkout'))
})
