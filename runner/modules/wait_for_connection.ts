import { setTimeout as sleep } from 'node:timers/promises'
import { sh } from '../transport/shell.ts'
import { Unknown } from '../variables/unknown.ts'
import { args, int } from './arguments.ts'
import { defineModule } from './module.ts'
import { look, type ModuleResult, type World } from './outcome.ts'

const schema = args({
  delay: int('Seconds before the first attempt.', { default: 0 }),
  sleep: int('Seconds between two attempts.', { default: 1 }),
  timeout: int('Seconds within which the host must answer.', { default: 600 }),
  connect_timeout: int('Accepted; the connection has its own.', { default: 5 }),
})

export default defineModule({
  name: 'wait_for_connection',
  summary: 'Waits until the host can be reached and answers.',
  preview: 'waits, as a real run does, when no earlier change is pending; else it is taken to pass.',
  args: schema,
  plan: (given) => ({
    ...look(
      'wait_for_connection',
      { changed: false, elapsed: new Unknown({ what: 'waiting for the host' }) },
      (world) => answers(given, world),
    ),
    connects: true,
  }),
})

interface Given {
  readonly delay: number
  readonly sleep: number
  readonly timeout: number
}

async function answers(given: Given, world: World): Promise<ModuleResult> {
  const began = Date.now()
  const elapsed = () => Math.round((Date.now() - began) / 1000)
  const wait = (seconds: number) => sleep(seconds * 1000, undefined, { signal: world.signal })
  if (given.delay > 0) await wait(given.delay)
  let trouble = ''
  for (let first = true; first || elapsed() < given.timeout; first = false) {
    try {
      if (!first) await world.reconnect()
      const { status } = await world.run({ script: sh`:` })
      if (status === 0) return { changed: false, elapsed: elapsed() }
      trouble = `the shell ended with status ${status}`
    } catch (error) {
      if (world.signal.aborted) throw error
      trouble = error instanceof Error ? error.message : String(error)
    }
    await wait(given.sleep)
  }
  return {
    changed: false,
    failed: true,
    elapsed: elapsed(),
    msg: `timed out waiting for the host: ${trouble}`,
  }
}
