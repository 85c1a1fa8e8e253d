import { describe, expect, test } from 'vitest'
import { resolverFile, selectNameServers } from '../../runner/sandbox/resolver.ts'
import { ruleSet } from '../../runner/sandbox/rules.ts'

const gateway = '10.213.7.1'

describe('a sandbox asks', () => {
  test('the name servers of this machine', () => {
    const servers = selectNameServers(['nameserver 192.0.2.53\nnameserver 198.51.100.53\nsearch example\n'])
    expect(resolverFile(servers, gateway)).toBe('nameserver 192.0.2.53\nnameserver 198.51.100.53\n')
  })

  test('the servers behind systemd-resolved, not its stub on loopback', () => {
    const servers = selectNameServers(['nameserver 127.0.0.53\n', 'nameserver 192.0.2.53\n'])
    expect(resolverFile(servers, gateway)).toBe('nameserver 192.0.2.53\n')
  })

  test('the gateway, which passes it on, where the only server is on loopback', () => {
    const servers = selectNameServers(['nameserver 127.0.0.1\n', ''])
    expect(servers.loopback).toBe('127.0.0.1')
    expect(resolverFile(servers, gateway)).toBe('nameserver 10.213.7.1\n')
  })
})

describe('the rules', () => {
  const input = { project: '0a0b0c', network: '10.213.7', bridge: 'rh0a0b0c' }

  test('translate what leaves the network, and only that', () => {
    expect(ruleSet(input)).toContain('ip saddr 10.213.7.0/24 ip daddr != 10.213.7.0/24 masquerade')
  })

  test('pass questions on only where a server on loopback is to answer them', () => {
    expect(ruleSet(input)).not.toContain('dnat')
    expect(ruleSet({ ...input, loopback: '127.0.0.1' })).toContain(
      'iifname rh0a0b0c meta l4proto { tcp, udp } th dport 53 dnat to 127.0.0.1',
    )
  })
})
