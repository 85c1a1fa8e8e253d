import { args, choice, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { sh } from '../transport/shell.ts'
import { change, look, type ModuleResult, opaque, type Outcome, unchanged, type World } from './outcome.ts'
import { type JobPlace, jobKey, JOBS, jobs, readJob, removeScript } from './support/jobs.ts'
import { textOf } from '../variables/text.ts'
import { outputLines } from './support/text.ts'

export default defineModule({
  name: 'async_status',
  summary: 'Looks at what a task has started in the background.',
  preview: 'looks, as a real run does, when no earlier change is pending; `mode: cleanup` removes nothing.',
  args: args({
    jid: text('The job, as `ansible_job_id` of the task’s result names it.'),
    mode: choice(['status', 'cleanup'], 'Look, or remove what is left of it on the host.', {
      default: 'status',
    }),
  }),
  plan: ({ jid, mode }, planning) => {
    const place = { id: jid, directory: textOf(planning.variable('ansible_async_dir') ?? JOBS) }
    const known = jobs.get(jobKey(place))?.known
    if (known && mode === 'status') return told({ ...known, ...aboutOf(place), finished: 1 })
    return mode === 'cleanup'
      ? opaque({
          what: `cleanup of ${jid}`,
          after: [],
          declared: true,
          perform: (world) => cleanUp(place, world),
        })
      : look(`the job ${jid}`, { ansible_job_id: jid }, (world) => statusOf(place, world))
  },
})

// What was only foretold to change is told in the same way.
function told(result: ModuleResult): Outcome {
  return result['changed'] === true
    ? change({ diff: [], script: sh`:`, after: [], result })
    : unchanged(result)
}

function aboutOf(place: JobPlace): ModuleResult {
  return { ansible_job_id: place.id, results_file: jobKey(place), started: 1 }
}

async function cleanUp(place: JobPlace, world: World): Promise<ModuleResult> {
  await world.run({ script: removeScript(place) })
  return { ansible_job_id: place.id, erased: jobKey(place), changed: false }
}

async function statusOf(place: JobPlace, world: World): Promise<ModuleResult> {
  const about = aboutOf(place)
  const job = jobs.get(jobKey(place))
  if (job) {
    await job.look((frame) => world.run(frame))
    const result = job.hasAnswer ? await job.finished : undefined
    return result ? { ...result, ...about, finished: 1 } : { ...about, finished: 0, changed: false }
  }
  // Another run has started it: only what it printed is known.
  const found = await readJob(place, (frame) => world.run(frame))
  switch (found) {
    case 'missing':
      return { ...about, failed: true, finished: 1, msg: 'could not find job' }
    case 'late':
      return { ...about, failed: true, finished: 1, msg: 'the job took longer than it may, and was ended' }
    case 'running':
      return { ...about, finished: 0, changed: false }
    default: {
      const [stdout, stderr] = [
        found.stdout.toString('utf8').trimEnd(),
        found.stderr.toString('utf8').trimEnd(),
      ]
      const lines = { stdout_lines: outputLines(stdout), stderr_lines: outputLines(stderr) }
      const failed = found.status !== 0
      return { ...about, finished: 1, changed: true, rc: found.status, stdout, stderr, ...lines, failed }
    }
  }
}
