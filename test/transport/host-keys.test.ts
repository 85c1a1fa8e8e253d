import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type HostKeyPolicy, HostKeys } from '../../runner/transport/host-keys.ts'

const directory = mkdtempSync(join(tmpdir(), 'host-keys-'))
afterAll(() => rmSync(directory, { recursive: true }))
const wire = (name: string) =>
  Buffer.from(
    readFileSync(join(import.meta.dirname, 'fixtures', `${name}.pub`), 'utf8').split(' ')[1]!,
    'base64',
  )
const ed25519 = wire('ed25519')
const other = wire('other')
const line = `host.example ssh-ed25519 ${ed25519.toString('base64')}`

let count = 0
function file(content?: string): string {
  const path = join(directory, `${count++}`, 'known_hosts')
  if (content === undefined) return path
  const plain = join(directory, `known_hosts_${count}`)
  writeFileSync(plain, content)
  return plain
}

function load(policy: Partial<HostKeyPolicy>): Promise<HostKeys> {
  return HostKeys.load({ host: 'host.example', port: 22, checking: 'yes', files: [], hash: false, ...policy })
}

describe('a host key', () => {
  test('that is known is accepted', async () => {
    const keys = await load({ files: [file(`${line}\n`)] })
    expect(await keys.verify(ed25519)).toBeUndefined()
  })

  test('that has changed is refused, naming the line and what to do', async () => {
    const path = file(`# first\n${line}\n`)
    const refusal = await (await load({ files: [path] })).verify(other)
    expect(refusal?.message).toContain('the host key of host.example has changed')
    expect(refusal?.message).toContain(`${path}:2`)
    expect(refusal?.message).toContain('SHA256:')
    expect(refusal?.hint).toContain(`ssh-keygen -R 'host.example' -f ${path}`)
  })

  test('that is unknown is refused with its fingerprint', async () => {
    const refusal = await (await load({ port: 2222, files: [file()] })).verify(ed25519)
    expect(refusal?.message).toContain('SHA256:zXYVQbZ8HTx4Y100hmeXwfCJILuNn8U4teOmTxg8wQ8')
    expect(refusal?.message).toContain('[host.example]:2222')
    expect(refusal?.hint).toContain('ssh-keyscan -p 2222 host.example')
  })

  test('that is new is noted with accept-new, and is known from then on', async () => {
    const path = file()
    const policy = { checking: 'accept-new', files: [path] } as const
    expect(await (await load(policy)).verify(ed25519)).toBeUndefined()
    expect(readFileSync(path, 'utf8')).toBe(`${line}\n`)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(await (await load(policy)).verify(ed25519)).toBeUndefined()
    expect((await (await load(policy)).verify(other))?.message).toContain('has changed')
    expect(readFileSync(path, 'utf8')).toBe(`${line}\n`)
  })

  test('is noted on a line of its own, once, when many connect at once', async () => {
    const path = file('elsewhere ssh-ed25519 no-newline-at-end')
    const policy = { checking: 'accept-new', files: [path] } as const
    const all = await Promise.all(Array.from({ length: 5 }, () => load(policy)))
    expect(await Promise.all(all.map((keys) => keys.verify(ed25519)))).toEqual(Array(5).fill(undefined))
    expect(readFileSync(path, 'utf8')).toBe(`elsewhere ssh-ed25519 no-newline-at-end\n${line}\n`)
  })

  test('shown a second time with another key meanwhile is refused', async () => {
    const policy = { checking: 'accept-new', files: [file()] } as const
    const [first, second] = [await load(policy), await load(policy)]
    expect(await first.verify(ed25519)).toBeUndefined()
    expect((await second.verify(other))?.message).toContain('has changed')
  })

  test('is noted with its name hashed where ssh_config says so', async () => {
    const path = file()
    const policy = { checking: 'accept-new', files: [path], hash: true } as const
    await (await load(policy)).verify(ed25519)
    expect(readFileSync(path, 'utf8')).toMatch(/^\|1\|/)
    expect(await (await load({ files: [path] })).verify(ed25519)).toBeUndefined()
  })

  test('is not looked at with checking off, unless it is revoked', async () => {
    expect(await (await load({ checking: 'no', files: [file(line)] })).verify(other)).toBeUndefined()
    const revoked = file(`@revoked * ssh-ed25519 ${other.toString('base64')}`)
    expect((await (await load({ checking: 'no', files: [revoked] })).verify(other))?.message).toContain(
      'revoked',
    )
  })

  test('that is pinned decides alone, even with checking off', async () => {
    const keys = await load({ checking: 'no', pinned: [line], files: [file('')] })
    expect(await keys.verify(ed25519)).toBeUndefined()
    expect((await keys.verify(other))?.message).toContain('has changed')
  })
})
