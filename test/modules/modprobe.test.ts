import { describe, expect, test } from 'vitest'
import modprobe from '../../runner/modules/modprobe.ts'
import type { KernelModuleStatus } from '../../runner/resources/kernel-module.ts'
import { diffLines, type Host, plan, textAfter } from './harness.ts'

const host = (status: KernelModuleStatus, files: Host['files'] = {}): Host => ({
  resources: { 'kernel module br_netfilter': status },
  files: { '/etc/modules-load.d/README': '', '/etc/modprobe.d/README': '', ...files },
})
const args = { name: 'br-netfilter' }

describe('a kernel module', () => {
  test('is loaded with its parameters', () => {
    const { outcome, again } = plan(modprobe, { ...args, params: 'a=1 b=2' }, host('available'))
    expect(diffLines(outcome)).toEqual(['kernel module br-netfilter', 'state: unloaded → loaded'])
    expect(outcome).toMatchObject({
      script: { text: expect.stringContaining("modprobe -- br-netfilter 'a=1' 'b=2'") },
    })
    expect(again().type).toBe('unchanged')
  })

  test('is unloaded', () => {
    expect(diffLines(plan(modprobe, { ...args, state: 'absent' }, host('loaded')).outcome)).toContain(
      'state: loaded → unloaded',
    )
  })

  test.each<[KernelModuleStatus, object]>([
    ['loaded', {}],
    ['builtin', {}],
    ['available', { state: 'absent' }],
    ['missing', { state: 'absent' }],
  ])('that is %s is left alone with %j', (status, more) => {
    expect(plan(modprobe, { ...args, ...more }, host(status)).outcome.type).toBe('unchanged')
  })

  test('that the kernel does not have cannot be loaded', () => {
    expect(plan(modprobe, args, host('missing')).outcome).toMatchObject({
      type: 'failed',
      result: { msg: expect.stringContaining('not found') },
    })
  })

  test('is loaded at boot, with its parameters', () => {
    const planned = plan(modprobe, { ...args, params: 'a=1', persistent: 'present' }, host('loaded'))
    expect(textAfter(planned, '/etc/modules-load.d/br-netfilter.conf')).toBe('br-netfilter\n')
    expect(textAfter(planned, '/etc/modprobe.d/br-netfilter.conf')).toBe('options br-netfilter a=1\n')
    expect(planned.again().type).toBe('unchanged')
  })

  test('that another file loads at boot needs no file of its own', () => {
    const files = { '/etc/modules-load.d/k8s.conf': '# bridges\nbr-netfilter # for k8s\n' }
    expect(plan(modprobe, { ...args, persistent: 'present' }, host('loaded', files)).outcome.type).toBe(
      'unchanged',
    )
  })

  test('is not loaded at boot any more', () => {
    const files = { '/etc/modules-load.d/k8s.conf': 'overlay\nbr-netfilter\n' }
    const planned = plan(modprobe, { ...args, persistent: 'absent' }, host('loaded', files))
    expect(textAfter(planned, '/etc/modules-load.d/k8s.conf')).toBe('overlay\n#br-netfilter\n')
    expect(planned.again().type).toBe('unchanged')
  })
})
