import { Agent, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

export interface Visits {
  /** Answers with status 200. */
  readonly good: number
  /** What became of the others. */
  readonly failed: readonly string[]
}

/**
 * Constant load by clients that keep their connections and do as RFC 9112, section 9.3.1, has them do: what was sent over
 * a connection that the server was just closing, as nginx does when it reloads, is sent again.
 *
 * @param rate requests a second, of all connections together
 * @returns ends it, and says how it went
 */
export function visitors(url: string, { rate = 600, connections = 20 } = {}): () => Promise<Visits> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const failed: string[] = []
  let good = 0
  const over = new AbortController()

  const visit = (): Promise<string> =>
    new Promise((done) => {
      const asked = request(url, { agent, timeout: 30_000 }, (response) => {
        response.resume()
        response.on('end', () => done(String(response.statusCode)))
        response.on('error', ({ message }) => done(message))
      })
      asked.on('timeout', () => asked.destroy(new Error('no answer within 30 s')))
      asked.on('error', (error: NodeJS.ErrnoException) => {
        if (asked.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(error.code ?? '')) done(visit())
        else done(error.message)
      })
      asked.end()
    })

  const stay = async () => {
    while (!over.signal.aborted) {
      const answer = await visit()
      if (answer === '200') good += 1
      else failed.push(answer)
      await delay((1000 * connections) / rate)
    }
  }

  const all = Promise.all(Array.from({ length: connections }, stay))
  return async () => {
    over.abort()
    await all
    agent.destroy()
    return { good, failed }
  }
}
