import { createInterface } from 'node:readline/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { args, bool, float, optional, text } from './arguments.ts'
import { Unknown } from '../variables/unknown.ts'
import { defineModule } from './module.ts'
import { failed, look, type ModuleResult, type World } from './outcome.ts'

export default defineModule({
  name: 'pause',
  summary: 'Waits for a time, or for somebody to press Enter.',
  preview: 'waits only where nothing has changed before it.',
  controllerOnly: true,
  args: args({
    seconds: optional(float('So many seconds.')),
    minutes: optional(float('So many minutes.')),
    prompt: optional(text('What to ask; without a time the answer is waited for.')),
    echo: bool('Show what is typed.', { default: true }),
  }),
  plan: ({ seconds, minutes, prompt, echo }, { location }) => {
    if (seconds !== undefined && minutes !== undefined)
      return failed('seconds and minutes exclude each other')
    const wait = minutes === undefined ? seconds : minutes * 60
    const key = `${location.file}:${location.line}:${location.column}`
    const what = wait === undefined ? 'pause' : `pause of ${wait} s`
    const later = new Unknown({ what, location })
    const passed = {
      changed: false,
      delta: later,
      start: later,
      stop: later,
      stdout: later,
      user_input: wait === undefined ? later : '',
    }
    return look(what, passed, (world) =>
      shared(key, () =>
        wait === undefined ? ask(prompt, echo, world) : rest(wait, minutes !== undefined, prompt, world),
      ),
    )
  },
})

const underWay = new Map<string, Promise<ModuleResult>>()

/** One pause holds for all hosts that are at the task. */
function shared(key: string, work: () => Promise<ModuleResult>): Promise<ModuleResult> {
  const known = underWay.get(key)
  if (known) return known
  const result = work().finally(() => underWay.delete(key))
  underWay.set(key, result)
  return result
}

async function rest(
  wanted: number,
  inMinutes: boolean,
  prompt: string | undefined,
  { signal }: World,
): Promise<ModuleResult> {
  const seconds = Math.max(wanted, 1)
  process.stderr.write(`Pausing for ${seconds} seconds${prompt === undefined ? '' : `: ${prompt}`}\n`)
  const start = new Date()
  await sleep(seconds * 1000, undefined, { signal })
  const took = (Date.now() - start.getTime()) / (inMinutes ? 60_000 : 1000)
  return resultOf(start, `Paused for ${withDecimals(took)} ${inMinutes ? 'minutes' : 'seconds'}`, '')
}

async function ask(prompt: string | undefined, echo: boolean, { signal }: World): Promise<ModuleResult> {
  const start = new Date()
  if (!process.stdin.isTTY) {
    const warnings = ['Not waiting for response to prompt as stdin is not interactive']
    return { ...resultOf(start, '', ''), warnings }
  }
  const question = `${prompt ?? 'Press Enter to continue, Ctrl-C to interrupt'}:\n`
  const input = createInterface({
    input: process.stdin,
    output: echo ? process.stderr : undefined,
    terminal: true,
  })
  try {
    if (!echo) process.stderr.write(question)
    const answer = await input.question(echo ? question : '', { signal })
    return resultOf(start, '', answer)
  } finally {
    input.close()
  }
}

/** As Ansible prints it: to the hundredth, and never without a decimal. */
function withDecimals(number: number): string {
  return String(Math.round(number * 100) / 100).replace(/^\d+$/, '$&.0')
}

function resultOf(start: Date, stdout: string, user_input: string): ModuleResult {
  const stop = new Date()
  const delta = Math.round((stop.getTime() - start.getTime()) / 1000)
  return { changed: false, delta, start: start.toISOString(), stop: stop.toISOString(), stdout, user_input }
}
