import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { playIn, withFiles } from './cli.ts'

const FILES = {
  'inventory.yml': `all:
  hosts:
    here: { ansible_connection: local }
    nowhere: { ansible_host: 127.0.0.1, ansible_port: 1 }
`,
}

test('play facts prints what is found out about a host, whole or by name', () => {
  withFiles(FILES, (directory) => {
    const whole = JSON.parse(playIn(directory, 'facts', 'here').stdout) as Record<string, unknown>
    expect(whole).toMatchObject({ hostname: hostname().split('.')[0], system: 'Linux' })
    expect(JSON.parse(playIn(directory, 'facts', 'here', 'ansible_system').stdout)).toBe('Linux')
    expect(JSON.parse(playIn(directory, 'facts', 'here', 'system', 'date_time.tz').stdout)).toEqual({
      system: 'Linux',
      'date_time.tz': expect.any(String) as unknown,
    })
  })
})

test('play facts says why a host cannot be reached, and which fact might be meant', () => {
  withFiles(FILES, (directory) => {
    const lost = playIn(directory, 'facts', 'nowhere')
    expect(lost.stderr).toMatch(/^error: nowhere: .*connection refused/)
    expect(lost.exitCode).toBe(4)
    expect(playIn(directory, 'facts', 'here', 'sytem').stderr).toContain("did you mean 'system'?")
  })
})
