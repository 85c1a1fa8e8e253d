import { Job, jobKey, jobs } from '../modules/support/jobs.ts'
import type { Change, Opaque } from '../modules/outcome.ts'
import type { Answer, Frame } from '../transport/session.ts'
import type { InBackground } from './events.ts'
import { pause } from './pause.ts'
import { perform, type Performed, type PerformOptions } from './perform.ts'

/** `async` and `poll` of a task, in seconds. */
export interface Background {
  readonly seconds: number
  readonly poll: number
  /** Where what it prints lies on the host meanwhile. @default ~/.ansible_async */
  readonly directory?: string
}

/**
 * Carries out an outcome in the background on the host: its script is started and then looked at every `poll` seconds,
 * so that a connection need not last as long as it does; with `poll: 0` it is left to `async_status`.
 *
 * @param tell hears how the job stands each time that it was looked at
 * @source https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_async.html
 */
export async function performInBackground(
  outcome: Change | Opaque,
  { seconds, poll, directory }: Background,
  options: PerformOptions,
  tell: (job: string, state: InBackground['state']) => void,
): Promise<Performed> {
  const job = new Job(seconds, directory)
  const run = async (frame: Frame): Promise<Answer> => {
    const session = await options.host.session(options.become, options.place)
    return options.limit(() => session.run(frame))
  }
  const launched = Promise.withResolvers<void>()
  const performing = perform(outcome, {
    ...options,
    timeout: undefined,
    // A job holds no one up.
    limit: (work) => work(),
    run: async (frame) => {
      const answer = job.launch(frame, run)
      launched.resolve(job.launched)
      return await answer
    },
  })
  await Promise.race([launched.promise, performing])
  const about = { ansible_job_id: job.id, results_file: job.resultsFile, started: 1 }
  job.finished = performing.then(resultOf)
  if (poll <= 0) {
    jobs.set(jobKey(job), job)
    // Nobody may ever ask for it.
    job.finished.catch(() => undefined)
    options.host.forgetAll()
    return { status: 'changed', result: { ...about, finished: 0 }, diff: [], because: [] }
  }
  const until = Date.now() + seconds * 1000
  while (!job.hasAnswer && !(await isOver(performing))) {
    await pause(poll * 1000, options.signal)
    if (await job.look(run)) break
    tell(job.id, 'running')
    if (Date.now() < until) continue
    await job.end(run)
    options.host.forgetAll()
    const msg = `async task did not complete within the requested time - ${seconds}s`
    return { status: 'failed', result: { ...about, finished: 1, msg }, diff: [], because: [] }
  }
  const performed = await performing
  tell(job.id, performed.status === 'failed' ? 'failed' : 'ok')
  return { ...performed, result: { ...performed.result, ...about, finished: 1 } }
}

/**
 * What a task with `async` came to of which nothing is sent, because there is nothing to do or because this is a dry
 * run: a job that has its answer already, which `async_status` gives when it is asked.
 */
export function settledJob(performed: Performed, { seconds, poll, directory }: Background): Performed {
  const { status, result } = performed
  if (status !== 'ok' && status !== 'changed') return performed
  const job = new Job(seconds, directory)
  const about = { ansible_job_id: job.id, results_file: job.resultsFile, started: 1 }
  if (poll > 0) return { ...performed, result: { ...result, ...about, finished: 1 } }
  job.known = resultOf(performed)
  jobs.set(jobKey(job), job)
  return { ...performed, result: { ...about, finished: 0 } }
}

function resultOf({ status, result }: Performed) {
  return { ...result, changed: status === 'changed', ...(status === 'failed' ? { failed: true } : {}) }
}

async function isOver(work: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending')
  return (await Promise.race([work, Promise.resolve(pending)])) !== pending
}
