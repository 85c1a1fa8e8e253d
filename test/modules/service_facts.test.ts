import { expect, test } from 'vitest'
import { effect } from '../../runner/host/state.ts'
import service_facts from '../../runner/modules/service_facts.ts'
import { services } from '../../runner/resources/services.ts'
import { missingUnit, unit } from '../../runner/resources/unit.ts'
import { plan } from './harness.ts'

const ANSWER = `ssh.service        loaded    active   running OpenBSD Secure Shell server
auditd.service     not-found inactive dead    auditd.service
broken.service     loaded    failed   failed  broken
apt-daily.timer    loaded    active   waiting timer
once.service       loaded    active   exited  once
/
ssh.service        enabled   enabled
once.service       static    -
getty@.service     enabled   enabled
idle.service       disabled  enabled
broken.service     enabled   enabled
`

test('services are listed with what runs and what is enabled', () => {
  const [found] = services.parse(Buffer.from(ANSWER), [''])
  expect(Object.fromEntries(found!.map(({ name, state, status }) => [name, `${state} ${status}`]))).toEqual({
    'auditd.service': 'stopped not-found',
    'broken.service': 'stopped failed',
    'getty@.service': 'unknown enabled',
    'idle.service': 'inactive disabled',
    'once.service': 'stopped static',
    'ssh.service': 'running enabled',
  })
})

test('what the run would start or remove is in the facts as well', () => {
  const running = {
    ...missingUnit('new.service'),
    load: 'loaded',
    active: 'active',
    sub: 'running',
    file: 'enabled',
  }
  const { outcome } = plan(
    service_facts,
    {},
    {
      resources: { 'services ': [{ name: 'ssh.service', state: 'running', status: 'enabled' }] },
      predicted: [effect(unit, { name: 'new.service' }, running), effect(unit, { name: 'x.timer' }, running)],
    },
  )
  expect(outcome).toMatchObject({
    facts: {
      services: {
        'ssh.service': { name: 'ssh.service', state: 'running', status: 'enabled', source: 'systemd' },
        'new.service': { name: 'new.service', state: 'running', status: 'enabled', source: 'systemd' },
      },
    },
  })
  expect(
    Object.keys(outcome.type === 'unchanged' ? (outcome.facts!['services'] as object) : {}),
  ).toHaveLength(2)
})
