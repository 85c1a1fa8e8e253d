import { randomInt } from 'node:crypto'
import type { Answer, Frame } from '../../transport/session.ts'
import { joinScripts, type Script, sh } from '../../transport/shell.ts'
import type { ModuleResult } from '../outcome.ts'

type Run = (frame: Frame) => Promise<Answer>

/**
 * A script that runs in the background on a host (`async`), and how its answer becomes the result of the task that
 * started it. What it prints and how it ended lie in a directory of its user, `~/.ansible_async/JOB` unless
 * `ansible_async_dir` says another, that nobody else
 * may read; the script itself is never written down.
 */
export class Job {
  readonly id: string
  /** Seconds it may take. */
  readonly seconds: number
  /** What the task came to; resolves when the answer has been fetched. */
  finished: Promise<ModuleResult> | undefined
  /** What it came to, where nothing had to be sent for that. */
  known: ModuleResult | undefined
  /** Resolves when it has been started, or could not be. */
  launched: Promise<void> | undefined
  /** Whether its answer has been fetched. */
  hasAnswer = false
  readonly #answer = Promise.withResolvers<Answer>()

  /** Where jobs lie. */
  readonly directory: string

  constructor(
    seconds: number,
    directory = JOBS,
    id = `j${Date.now() % 1_000_000_000_000}.${randomInt(1, 100_000)}`,
  ) {
    this.id = id
    this.directory = directory
    this.seconds = seconds
  }

  get resultsFile(): string {
    return `${this.directory}/${this.id}`
  }

  /** Starts it; resolves to its answer when `look` has found it ended. */
  async launch({ script, payload }: Frame, run: Run): Promise<Answer> {
    const frame = { script: launchScript(this, script, payload !== undefined, this.seconds), payload }
    const starting = run(frame)
    this.launched = starting.then(() => undefined)
    const started = await starting
    if (started.status !== 0) return started
    return await this.#answer.promise
  }

  /** Looks whether it has ended. Its answer goes to whoever started it, and what lay on the host is removed. */
  async look(run: Run): Promise<boolean> {
    const found = await readJob(this, run)
    if (!(typeof found === 'object')) return false
    await run({ script: removeScript(this) })
    this.hasAnswer = true
    this.#answer.resolve(found)
    return true
  }

  /** Ends it, as its time is over. */
  async end(run: Run): Promise<void> {
    await run({ script: endScript(this) })
  }
}

/** The jobs that this run has started, by `jobKey`. */
export const jobs = new Map<string, Job>()

/** Where jobs lie unless the author says another place. */
export const JOBS = '~/.ansible_async'

/** A job by its name and the directory in which it lies. */
export type JobPlace = Pick<Job, 'id' | 'directory'>

/** Under what a job of this run is known. */
export const jobKey = ({ id, directory }: JobPlace): string => `${directory}/${id}`

const baseOf = ({ directory }: JobPlace): Script =>
  directory.startsWith('~/') ? sh`"$HOME"/${directory.slice(2)}` : sh`${directory}`

const directoryOf = (place: JobPlace): Script => sh`${baseOf(place)}/${place.id.replaceAll('/', '_')}`

function launchScript(place: JobPlace, script: Script, hasPayload: boolean, seconds: number): Script {
  const directory = directoryOf(place)
  return joinScripts([
    sh`( umask 077; mkdir -p ${baseOf(place)} && mkdir ${directory} && : >${directory}/payload ) || exit`,
    ...(hasPayload ? [sh`( umask 077; cat >${directory}/payload ) || exit`] : []),
    // The group is the frame's own where it has one: then ending it ends no one else.
    sh`read -r _ _ _ _ group _ </proc/$$/stat; [ "$group" = $$ ] && echo "$group" >${directory}/group`,
    sh`( trap '' HUP; cd
( ${script}
) <${directory}/payload >${directory}/out 2>${directory}/err & job=$!
( trap 'kill $!; exit' TERM; sleep ${seconds} & wait $!; echo late >${directory}/rc.new; mv ${directory}/rc.new ${directory}/rc; kill -TERM -- -"$group" ) & late=$!
wait $job; rc=$?; kill $late; echo $rc >${directory}/rc.new; mv ${directory}/rc.new ${directory}/rc ) </dev/null >/dev/null 2>&1 &`,
  ])
}

const endScript = (place: JobPlace): Script =>
  sh`group=$(cat ${directoryOf(place)}/group 2>/dev/null) && kill -TERM -- -"$group"; rm -rf ${directoryOf(place)}`

export const removeScript = (place: JobPlace): Script => sh`rm -rf -- ${directoryOf(place)}`

/** How a job ended; `running` when it has not, `missing` when there is none, `late` when its time was over. */
export async function readJob(place: JobPlace, run: Run): Promise<Answer | 'running' | 'missing' | 'late'> {
  const directory = directoryOf(place)
  const { stdout, stderr } = await run({
    script: sh`[ -d ${directory} ] || { echo missing; exit; }
rc=$(cat ${directory}/rc 2>/dev/null) || { echo running; exit; }
echo "$rc"; [ "$rc" = late ] && exit; cat ${directory}/out; cat ${directory}/err >&2`,
  })
  const line = stdout.indexOf('\n')
  const first = stdout.subarray(0, line).toString('utf8')
  if (first === 'running' || first === 'missing' || first === 'late') return first
  return { status: Number(first), stdout: stdout.subarray(line + 1), stderr }
}
