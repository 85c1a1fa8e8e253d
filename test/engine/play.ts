import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { mkdirSync } from 'node:fs'
import { type RunFlags, runPlaybooks } from '../../runner/commands/run-playbooks.ts'
import { textOf } from '../../runner/variables/text.ts'
import { forgetAuthorFiles } from '../../runner/modules/author-files.ts'

export interface Played {
  /** One line for each result: `host status task`, with what it said behind a colon where it said something. */
  readonly lines: readonly string[]
  /** The events as `--json` prints them. */
  readonly events: readonly Record<string, never>[]
  readonly exitCode: number
}

export interface PlayOptions extends Partial<RunFlags> {
  /** More files beside the playbook, by name. */
  readonly files?: Readonly<Record<string, string>>
  /** Hosts by this name, all of them this machine. @default ['one'] */
  readonly hosts?: readonly string[]
  /** The inventory's sources among these files. @default ['hosts.yml'], which names the hosts */
  readonly sources?: readonly string[]
}

// Hosts are this machine here: nothing is to be left on it.
process.env['REHEARSAL_JOURNAL'] ??= ''

const FLAGS: RunFlags = {
  check: false,
  diff: false,
  forks: '50',
  forceHandlers: false,
  step: false,
  syntaxCheck: false,
  listHosts: false,
  listTasks: false,
  listTags: false,
  detailedExitcode: false,
  json: true,
}

/**
 * Runs a playbook, given as text, on this machine through a real local session, in a directory of its own that
 * `{{ playbook_dir }}` names.
 */
export async function play(
  playbook: string,
  { files = {}, hosts = ['one'], sources = ['hosts.yml'], ...flags }: PlayOptions = {},
): Promise<Played> {
  const directory = mkdtempSync(join(tmpdir(), 'play-'))
  try {
    const all: Record<string, string> = { 'playbook.yml': playbook, 'hosts.yml': inventory(hosts), ...files }
    for (const [name, text] of Object.entries(all)) {
      mkdirSync(dirname(join(directory, name)), { recursive: true })
      writeFileSync(join(directory, name), text)
    }
    forgetAuthorFiles()
    const out: string[] = []
    const take = (lines: string[]) => ({
      write: (text: string, done?: () => void) => (lines.push(text), done?.(), true),
    })
    const exitCode = await runPlaybooks(
      [join(directory, 'playbook.yml')],
      { ...FLAGS, inventory: sources.map((source) => join(directory, source)), ...flags },
      { stdout: take(out), stderr: take([]) },
    )
    const events = out
      .join('')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, never>)
    return { lines: events.flatMap((event) => describe(event)), events, exitCode }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function inventory(hosts: readonly string[]): string {
  return JSON.stringify({
    all: {
      hosts: Object.fromEntries(hosts.map((host) => [host, {}])),
      vars: { ansible_connection: 'local' },
    },
  })
}

function describe(event: Record<string, unknown>): string[] {
  if (event['type'] !== 'result' || event['item'] !== undefined) return []
  const result = (event['result'] ?? {}) as Record<string, unknown>
  const said = event['status'] === 'skipped' ? undefined : result['msg']
  return [
    `${String(event['host'])} ${String(event['status'])} ${String(event['task'])}${said === undefined || said === '' ? '' : `: ${textOf(said)}`}`,
  ]
}
