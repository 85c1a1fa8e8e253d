import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { SandboxError } from './types.ts'

/** Waits until a server introduces itself as an SSH server; a SandboxError when it has not after `timeout` ms. */
export async function awaitBanner(address: string, port: number, timeout = 60_000) {
  const end = Date.now() + timeout
  while (!(await answers(address, port))) {
    if (Date.now() > end) throw new SandboxError(`No SSH server answers at ${address}:${port}`)
    await sleep(50)
  }
}

function answers(address: string, port: number) {
  return new Promise<boolean>((resolve) => {
    const socket = connect({ host: address, port, timeout: 1000 })
    const finish = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('data', (data) => finish(data.toString('latin1').startsWith('SSH-')))
    for (const event of ['error', 'timeout', 'end']) socket.once(event, () => finish(false))
  })
}
