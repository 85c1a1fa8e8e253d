import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { playIn } from '../commands/cli.ts'
import { Machines, recap } from './machine.ts'

const SITE = resolve(import.meta.dirname, '../../playbooks/site.yml')
const machines = new Machines()

beforeAll(() => machines.up(['planned'], 'bookworm'))
afterAll(() => machines.down())

test('a bare machine is set up by a saved plan, and the plan fits no longer afterwards', async () => {
  const before = await machines.snapshot('planned')
  const saved = await machines.play(SITE, '--plan', 'site.plan')
  expect(saved.exitCode, saved.stdout + saved.stderr).toBe(0)
  const again = await machines.play(SITE, '--plan', 'again.plan')
  expect(again.exitCode).toBe(0)
  const read = (name: string) => readFileSync(join(machines.directory, name), 'utf8')
  expect(read('again.plan') === read('site.plan')).toBe(true)
  expect(await machines.snapshot('planned')).toBe(before)

  const applied = playIn(machines.directory, 'apply', 'site.plan', '--open')
  expect(applied.exitCode, applied.stdout + applied.stderr).toBe(0)
  expect(recap({ ...applied, exitCode: 0 }, 'planned')).toMatchObject({ failed: 0, unreachable: 0 })
  expect(applied.stdout).not.toContain('not come to')

  const converged = await machines.play(SITE, '--check')
  expect(recap(converged, 'planned')).toMatchObject({ changed: 0, failed: 0 })

  const late = playIn(machines.directory, 'apply', 'site.plan', '--open')
  expect(late.exitCode).toBe(2)
  expect(late.stdout).toContain('The host is left untouched, for it has changed since: ')
}, 900_000)
