import { describe, expect, test } from 'vitest'
import { presentPath } from '../../runner/host/files.ts'
import { effect } from '../../runner/host/state.ts'
import setup from '../../runner/modules/setup.ts'
import { content } from '../../runner/resources/content.ts'
import { path as pathKind } from '../../runner/resources/path.ts'
import { runningHostname } from '../../runner/resources/running-hostname.ts'
import { Unknown } from '../../runner/variables/unknown.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { type Host, plan } from './harness.ts'

const network = { interfaces: ['lo'], default_ipv4: { address: '10.0.0.1' }, default_ipv6: {} }

function gather(args: Dict, host: Host = {}): { result: Dict; facts: Dict } {
  const { outcome } = plan(setup, args, { resources: { 'facts network': network }, ...host })
  if (outcome.type !== 'unchanged') throw new Error(`the outcome is ${outcome.type}`)
  return { result: outcome.result, facts: outcome.facts! }
}

const onlyNetwork = ['!all', '!min', 'network']
const onlyLocal = ['!all', '!min', 'local']

describe('setup', () => {
  test('returns facts with the prefix, and sets them without', () => {
    const { result, facts } = gather({ gather_subset: onlyNetwork })
    expect(result).toEqual({
      ansible_facts: {
        ansible_interfaces: ['lo'],
        ansible_default_ipv4: { address: '10.0.0.1' },
        ansible_default_ipv6: {},
      },
    })
    expect(facts).toEqual({ ...network, gather_subset: onlyNetwork, module_setup: true })
  })

  test.each<[string, string[]]>([
    ['ansible_default_*', ['default_ipv4', 'default_ipv6']],
    ['default_ipv[46]', ['default_ipv4', 'default_ipv6']],
    ['*ipv4', ['default_ipv4']],
    ['nothing', []],
  ])('gives what matches the filter %s', (filter, names) => {
    const {
      gather_subset: _,
      module_setup: __,
      ...facts
    } = gather({ gather_subset: onlyNetwork, filter }).facts
    expect(Object.keys(facts)).toEqual(names)
  })

  test('fails for a subset that there is not', () => {
    const { outcome } = plan(setup, { gather_subset: ['netwrok'] })
    expect(outcome).toMatchObject({ type: 'failed', result: { msg: expect.stringContaining("'netwrok'") } })
  })

  test('knows the name that an earlier task would give the host', () => {
    const facts = { nodename: 'old', hostname: 'old', fqdn: 'old', domain: '' }
    const outcome = gather(
      { gather_subset: ['!all', '!min', 'hostname'] },
      {
        resources: { 'facts platform': facts },
        predicted: [effect(runningHostname, 'kernel', 'web1.example.com')],
      },
    )
    expect(outcome.facts).toMatchObject({
      nodename: 'web1.example.com',
      hostname: 'web1',
      fqdn: 'web1.example.com',
      domain: 'example.com',
    })
  })
})

describe('facts of the host’s own', () => {
  const local = (files: Host['files'], host: Host = {}) =>
    gather({ gather_subset: onlyLocal }, { ...host, files }).facts['local']
  const at = (name: string) => `/etc/ansible/facts.d/${name}`

  test('are none where there is no directory for them', () => {
    expect(local({})).toEqual({})
  })

  test('are read as JSON, else as INI with its options in lower case', () => {
    expect(
      local({
        [at('json.fact')]: '{"a": [1, {"b": null}]}',
        [at('ini.fact')]: '# c\n[General]\nURL = http://x:80/\nlong: one\n  two\n[Empty]\n',
        [at('notes.txt')]: 'not a fact',
      }),
    ).toEqual({
      json: { a: [1, { b: null }] },
      ini: { General: { url: 'http://x:80/', long: 'one\ntwo' }, Empty: {} },
    })
  })

  test('that are neither say so', () => {
    expect(local({ [at('bad.fact')]: 'just words' })).toEqual({
      bad: `error loading facts as ini - please check content: ${at('bad.fact')}`,
    })
  })

  test('are printed by programs', () => {
    const resources = {
      [`fact-program ${at('good.fact')}`]: { status: 0, stdout: '{"up": true}' },
      [`fact-program ${at('poor.fact')}`]: { status: 3, stdout: '' },
    }
    expect(
      local(
        {
          [at('good.fact')]: { content: '#!/bin/sh', mode: 0o755 },
          [at('poor.fact')]: { content: '#!/bin/sh', mode: 0o755 },
        },
        { resources },
      ),
    ).toEqual({
      good: { up: true },
      poor: `Failure executing fact script (${at('poor.fact')}), rc: 3`,
    })
  })

  test('that the run has only foretold are facts already, unless they have to be run', () => {
    const file = { type: 'file' as const, owner: 'root', group: 'root' }
    const predicted = [
      effect(pathKind, at('new.fact'), presentPath({ ...file, mode: 0o644 })),
      effect(content, at('new.fact'), Buffer.from('{"new": 1}')),
      effect(pathKind, at('program.fact'), presentPath({ ...file, mode: 0o755 })),
    ]
    const facts = local({ [at('old.fact')]: '{}' }, { predicted }) as Dict
    expect(facts).toMatchObject({ old: {}, new: { new: 1 } })
    expect(facts['program']).toBeInstanceOf(Unknown)
  })
})
