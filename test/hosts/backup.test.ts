import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Machines, recap, type Run } from './machine.ts'

const project = resolve(import.meta.dirname, '../..')
const playbook = (name: string) => resolve(project, 'playbooks', name)
const names = ['bookworm', 'trixie'] as const
const KEPT =
  'cat /etc/coderco-app/secret-key /etc/coderco-app/admin-token /etc/nginx/tls/coderco-app.crt /etc/nginx/tls/coderco-app.key'

/** What cannot be made anew is kept, and comes back; on both releases of Debian side by side. */
describe('a host that is lost', () => {
  const machines = new Machines()
  const everywhere = (command: string) => Promise.all(names.map((name) => machines.ssh(name, command)))
  const backups = () => join(machines.directory, 'backups')
  const files = () => readdirSync(backups()).map((name) => join(backups(), name))
  const play = (name: string, ...words: string[]) =>
    machines.play(playbook(name), '-e', '@alone.yml', ...words)
  const each = (run: Run, expected: Record<string, unknown>) => {
    for (const name of names) expect(recap(run, name), run.stdout + run.stderr).toMatchObject(expected)
  }
  let before: string[]
  let samples: number[]
  const said: string[] = []

  beforeAll(async () => {
    await machines.upInGroups(
      { web: names },
      names.map((suite) => ({ name: suite, suite })),
    )
    machines.write(
      'alone.yml',
      'app_hosts: ["{{ inventory_hostname }}"]\nnginx_upstream_hosts: ["{{ inventory_hostname }}"]\napp_workers: 2\nfirewall_spare_control: true\n',
    )
    const run = await play('site.yml')
    expect(run.exitCode, run.stdout + run.stderr).toBe(0)
    before = await everywhere(KEPT)
  })
  afterAll(() => machines.down())

  /** How old the oldest sample of Prometheus is, in Unix time. */
  const oldest = async () =>
    (
      await everywhere(
        'curl -sG http://127.0.0.1:9090/api/v1/query --data-urlencode \'query=min_over_time(timestamp(up{job="prometheus"})[1h:1s])\' || true',
      )
    ).map((text) => Number((JSON.parse(text || '{}') as Query).data?.result[0]?.value[1] ?? Number.NaN))

  test('is foretold to be backed up', async () => {
    each(await play('backup.yml', '--check', '--diff'), { failed: 0 })
  })

  test('has been backed up, readable to its owner alone, encrypted, and with Prometheus going on', async () => {
    await everywhere('apt-get install -qqy curl >/dev/null 2>&1')
    const scraped = async () => (await oldest()).every(Number.isFinite)
    await expect.poll(scraped, { timeout: 60_000, interval: 1000 }).toBe(true)
    const identity = await generateIdentity()
    machines.write('identity', `${identity}\n`)
    const recipient = await identityToRecipient(identity)
    const run = await play(
      'backup.yml',
      '-e',
      JSON.stringify({ backup_recipients: [recipient] }),
      '--diff',
      '-vvv',
    )
    each(run, { failed: 0 })
    said.push(run.stdout, run.stderr)
    samples = await oldest()
    expect(statSync(backups()).mode & 0o777).toBe(0o700)
    expect(files()).toHaveLength(2)
    for (const file of files()) {
      expect(statSync(file).mode & 0o777).toBe(0o600)
      expect(readFileSync(file, 'latin1')).toMatch(/^age-encryption\.org\/v1\n/)
    }
    for (const text of await everywhere(
      'ls /var/lib | grep rehearsal-backup || true; systemctl is-active prometheus',
    ))
      expect(text).toBe('active\n')
  })

  test('comes back with the same secrets, the same certificate and the data of Prometheus', async () => {
    await Promise.all(names.map((name) => machines.reset(name)))
    // As an attempt before leaves it that was broken off.
    await everywhere(
      'mkdir -m 700 /var/lib/rehearsal-restore; echo >/var/lib/rehearsal-restore/backup.tar.gz',
    )
    const run = await play(
      'restore.yml',
      '-e',
      `backup_identity_file=${join(machines.directory, 'identity')}`,
      '--diff',
      '-vvv',
    )
    expect(run.exitCode, run.stdout + run.stderr).toBe(0)
    said.push(run.stdout, run.stderr)
    expect(await everywhere(KEPT)).toEqual(before)
    for (const name of names)
      expect((await fetch(`http://${machines.host(name).address}/health`)).status).toBe(200)
    await everywhere('apt-get install -qqy curl >/dev/null 2>&1')
    // Prometheus has just been started, and reads what it finds first.
    const apart = async () =>
      Math.max(...(await oldest()).map((time, index) => Math.abs(time - samples[index]!)))
    await expect.poll(apart, { timeout: 60_000, interval: 1000 }).toBeLessThan(30)
    for (const text of await everywhere('ls /var/lib | grep rehearsal-restore || true')) expect(text).toBe('')
    const again = await play('site.yml')
    each(again, { changed: 0, failed: 0 })
  })

  test('while nothing that was said shows a secret', () => {
    const secrets = before.flatMap((text) => text.split('\n').filter((line) => /^[\da-f]{64}$/.test(line)))
    expect(secrets).toHaveLength(4)
    const identity = readFileSync(join(machines.directory, 'identity'), 'utf8').trim()
    for (const secret of [...secrets, identity]) expect(said.join('').includes(secret)).toBe(false)
  })
})

interface Query {
  readonly data?: { readonly result: readonly { readonly value: readonly [number, string] }[] }
}
