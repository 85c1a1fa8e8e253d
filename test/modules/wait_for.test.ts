import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import wait_for from '../../runner/modules/wait_for.ts'
import { parseTcpConnections } from '../../runner/modules/support/tcp-connections.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { plan } from './harness.ts'
import { localWorld } from './local-world.ts'

let server: Server
let port: number
let directory: string
beforeAll(async () => {
  server = createServer((socket) => socket.on('error', () => undefined).write('SSH-2.0-Test_9\r\n'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
  directory = mkdtempSync(join(tmpdir(), 'wait-'))
})
afterAll(() => {
  server.close()
  rmSync(directory, { recursive: true })
})

function wait(args: Dict, signal?: AbortSignal): Promise<Dict> {
  const { outcome } = plan(wait_for, { timeout: 0, sleep: 0, ...args })
  if (outcome.type !== 'look') throw new Error(JSON.stringify(outcome))
  return outcome.run(localWorld(signal))
}

describe('a port', () => {
  test('that answers has started', async () => {
    expect(await wait({ port })).toMatchObject({ state: 'started', port, elapsed: 0, changed: false })
  })

  test('tells what it says', async () => {
    expect(await wait({ port, search_regex: 'SSH-(?P<version>[\\d.]+)-(\\w+)' })).toMatchObject({
      match_groups: ['2.0', 'Test_9'],
      match_groupdict: { version: '2.0' },
    })
  })

  test.each<[string, Dict, string]>([
    ['where none answers', { port: 1 }, 'Timeout when waiting for 127.0.0.1:1'],
    ['that does not stop', { state: 'stopped' }, 'to stop.'],
    [
      'that says something else',
      { search_regex: 'HTTP', connect_timeout: 1 },
      'search string HTTP in 127.0.0.1',
    ],
    ['with words of the author', { port: 1, msg: 'not up' }, 'not up'],
  ])('is waited for in vain %s', async (_, args, msg) => {
    expect(await wait({ port, ...args })).toMatchObject({ failed: true, msg: expect.stringContaining(msg) })
  })

  test('that is closed has stopped', async () => {
    expect(await wait({ port: 1, state: 'stopped' })).not.toHaveProperty('failed')
  })

  test('is drained when nobody is connected any more', async () => {
    const client = connect(port, '127.0.0.1')
    await once(client, 'data')
    expect(await wait({ port, state: 'drained' })).toMatchObject({
      failed: true,
      msg: expect.stringContaining('to drain'),
    })
    expect(await wait({ port, state: 'drained', exclude_hosts: '127.0.0.1' })).not.toHaveProperty('failed')
    client.resetAndDestroy()
    const states = { active_connection_states: ['ESTABLISHED'] }
    expect(await wait({ port, state: 'drained', timeout: 5, sleep: 1, ...states })).not.toHaveProperty(
      'failed',
    )
  })
})

describe('a path', () => {
  test('is waited for until it is there', async () => {
    const path = join(directory, 'late')
    setTimeout(() => writeFileSync(path, 'ready: 42\n'), 300)
    expect(await wait({ path, timeout: 10, search_regex: '^ready: (\\d+)$' })).toMatchObject({
      match_groups: ['42'],
    })
  })

  test.each<[string, Dict, string | undefined]>([
    ['that is not there', {}, 'Timeout when waiting for file /none/x'],
    ['to go that is not there', { state: 'absent' }, undefined],
  ])('%s', async (_, args, msg) => {
    const result = await wait({ path: '/none/x', ...args })
    expect(result['failed'] === true ? result['msg'] : undefined).toBe(msg)
  })
})

test('it can be interrupted', async () => {
  const signal = AbortSignal.timeout(100)
  await expect(wait({ timeout: 100 }, signal)).rejects.toThrow('aborted')
})

test.each<[Dict, string]>([
  [{ port: 1, path: '/x' }, 'can not both be passed'],
  [{ path: '/x', state: 'drained' }, 'should only be used for checking a port'],
])('%o is refused', (args, msg) => {
  expect(plan(wait_for, args).outcome).toMatchObject({ result: { msg: expect.stringContaining(msg) } })
})

test('connections are read as the kernel writes them', () => {
  const text = `  sl  local_address rem_address   st tx_queue rx_queue
   0: 0100007F:0016 0B00000A:C350 01 00000000:00000000 00:00000000
   1: 0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF00000B00000A:C351 06 00000000:00000000
   2: B80D0120000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000
`
  expect(parseTcpConnections(text)).toEqual([
    { localAddress: '127.0.0.1', localPort: 22, remoteAddress: '10.0.0.11', state: 'ESTABLISHED' },
    { localAddress: '127.0.0.1', localPort: 8080, remoteAddress: '10.0.0.11', state: 'TIME_WAIT' },
    { localAddress: '2001:db8::1', localPort: 80, remoteAddress: '::', state: 'LISTEN' },
  ])
})
