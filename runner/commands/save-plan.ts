import { rmSync } from 'node:fs'
import type { Event } from '../engine/events.ts'
import type { Loader } from '../engine/run.ts'
import type { Plan, PlanFlags } from '../plans/plan.ts'
import { Recorder } from '../plans/recorder.ts'
import { digestSources, rootsOf } from '../plans/sources.ts'
import { sealPlan } from '../plans/envelope.ts'
import { tidyEvents } from '../plans/tidy-events.ts'
import type { Output } from '../reports/report.ts'
import { displayPath } from '../source/files.ts'
import { writeOutput } from '../vault/files.ts'
import { EXIT, UserError } from './fatal.ts'
import { playbookFile } from './load-project.ts'
import type { RunFlags } from './run-flags.ts'
import { runPlaybooks, type StartedRun } from './run-playbooks.ts'

/** A dry run, written to a file. Resolves to the exit code of the dry run; where that failed, nothing is written. */
export async function savePlan(
  file: string,
  names: readonly string[],
  flags: RunFlags,
  streams?: { readonly stdout: Output; readonly stderr: Output },
): Promise<number> {
  const recorder = new Recorder()
  const events: Event[] = []
  const included = new Set<string>()
  let secretsBefore = 0
  let save: (() => Promise<void>) | undefined
  const exitCode = await runPlaybooks(names, flags, streams, {
    before: ({ run }) => {
      run.ledger = recorder
      run.loader = noting(run.loader, included)
      secretsBefore = run.redactor.count
      return Promise.resolve()
    },
    event: (event) => {
      recorder.event(event)
      events.push(event)
    },
    after: async (started) => {
      const plan = await planOf(started, names, flags, { recorder, events, included })
      const secretive = started.run.redactor.count > secretsBefore
      save = () => write(file, plan, flags, started, secretive)
    },
  })
  if (!save || (exitCode !== EXIT.done && exitCode !== EXIT.pending)) {
    // An older plan of that name must not be taken for this one.
    rmSync(file, { force: true })
    process.stderr.write(`${file} was not written: the dry run did not come through\n`)
    return exitCode
  }
  await save()
  return exitCode
}

async function planOf(
  { plays }: StartedRun,
  names: readonly string[],
  flags: RunFlags,
  parts: { recorder: Recorder; events: readonly Event[]; included: ReadonlySet<string> },
): Promise<Plan> {
  const fromCommandLine = (flags.extraVars ?? []).flatMap((text) =>
    text.startsWith('@') ? [text.slice(1)] : [],
  )
  const roots = rootsOf(plays, flags.inventory ?? [], [...parts.included, ...fromCommandLine])
  return {
    playbooks: names.map((name) => displayPath(playbookFile(name))),
    flags: keptFlags(flags),
    roots,
    sources: digestSources(roots),
    hosts: await parts.recorder.plans(),
    events: tidyEvents(parts.events),
  }
}

/** What is only known to be read when it is reached. */
function noting(loader: Loader, files: Set<string>): Loader {
  return {
    ...loader,
    taskFile: (path, include) => {
      files.add(path)
      return loader.taskFile(path, include)
    },
    roleUse: (name, options, include) => {
      const use = loader.roleUse(name, options, include)
      if (use.block.role) files.add(use.block.role.role.directory)
      return use
    },
    varsFile: (path) => {
      files.add(path)
      return loader.varsFile(path)
    },
  }
}

function keptFlags(flags: RunFlags): PlanFlags {
  const { inventory, limit, tags, skipTags, extraVars, become, becomeUser, becomeMethod } = flags
  const { user, privateKey, connection, timeout, forceHandlers, startAtTask } = flags
  return {
    inventory,
    limit,
    tags,
    skipTags,
    extraVars,
    become,
    becomeUser,
    becomeMethod,
    user,
    privateKey,
    connection,
    timeout,
    forceHandlers,
    startAtTask,
  }
}

async function write(
  file: string,
  plan: Plan,
  { encryptVaultId, recipient }: RunFlags,
  { vault }: StartedRun,
  secretive: boolean,
): Promise<void> {
  if (secretive && !vault && !recipient) {
    rmSync(file, { force: true })
    throw new UserError(
      `${file} was not written: the run used secrets, so the plan must be encrypted. Give a vault password (--vault-password-file, --vault-id, -J) or --recipient`,
    )
  }
  writeOutput(file, await sealPlan(plan, { vault, vaultId: encryptVaultId, recipients: recipient }))
  const open = Object.values(plan.hosts).flatMap(({ steps }) => steps.filter(({ type }) => type === 'open'))
  const note = open.length > 0 ? `; ${openText(open.length)}, see \`play show ${file}\`` : ''
  process.stderr.write(`${file} written${note}\n`)
}

/** How many steps a plan leaves open, in words. */
export function openText(count: number): string {
  return `${count} ${count === 1 ? 'step is' : 'steps are'} left open, which only the run can tell`
}
