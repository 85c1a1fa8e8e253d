import { spawn } from 'node:child_process'
import { buffer } from 'node:stream/consumers'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { World } from '../../runner/modules/outcome.ts'

/** This machine as the host that a module's outcome is carried out on: a real shell and real connections. */
export function localWorld(signal: AbortSignal = new AbortController().signal): World {
  return {
    signal,
    reconnect: () => Promise.resolve(),
    run: async ({ script, payload }) => {
      const child = spawn('/bin/sh', ['-c', script.text], { stdio: ['pipe', 'pipe', 'pipe'], signal })
      child.stdin.on('error', () => undefined)
      child.stdin.end(payload)
      const [stdout, stderr, [status]] = await Promise.all([
        buffer(child.stdout),
        buffer(child.stderr),
        once(child, 'close') as Promise<[number]>,
      ])
      return { status, stdout, stderr }
    },
    open: async (address, port) => {
      const socket = address.startsWith('/') ? connect(address) : connect(port, address)
      await once(socket, 'connect')
      return socket
    },
  }
}
