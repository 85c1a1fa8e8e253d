import type { Plan } from '../plans/plan.ts'
import { escapeLine } from '../reports/escape.ts'
import { recap } from '../reports/recap.ts'
import { createReport } from '../reports/registry.ts'
import type { VaultOptions } from '../vault/options.ts'
import { EXIT, UserError } from './fatal.ts'
import { readPlan } from './read-plan.ts'
import { openText } from './save-plan.ts'

/** The options of `play show`, as commander gives them. */
export interface ShowFlags extends VaultOptions {
  readonly json: boolean
  readonly output: string
}

/** Prints a plan as the dry run printed it, with diffs, and what it leaves open. Touches no host. */
export async function showPlan(file: string, flags: ShowFlags): Promise<void> {
  const plan = await readPlan(file, flags)
  const kind = (['text', 'ndjson', 'github'] as const).find(
    (each) => each === (flags.json ? 'ndjson' : flags.output),
  )
  if (!kind) throw new UserError(`--output must be text, ndjson or github, not ${flags.output}`)
  const report = createReport(kind, {
    stdout: process.stdout,
    stderr: process.stderr,
    diff: true,
    check: true,
    quiet: true,
  })
  for (const event of plan.events) report.handle(event)
  report.handle({ type: 'summary', check: true, hosts: recap(plan.events), exitCode: EXIT.done })
  await report.close()
  if (kind === 'text') process.stdout.write(openSteps(plan))
}

function openSteps({ hosts }: Plan): string {
  const lines = Object.entries(hosts).flatMap(([host, { steps }]) =>
    steps.flatMap(({ type, name, place }) => (type === 'open' ? [`  ${host}: ${name} (${place})`] : [])),
  )
  if (lines.length === 0) return ''
  return `\n${openText(lines.length)}; \`play apply --open\` lets it:\n${lines.map(escapeLine).join('\n')}\n`
}
