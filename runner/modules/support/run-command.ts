import { type AnyEffect, effect } from '../../host/state.ts'
import { path as pathKind } from '../../resources/path.ts'
import type { Answer } from '../../transport/session.ts'
import { authoredScript, joinScripts, quote, type Script, sh } from '../../transport/shell.ts'
import { Unknown } from '../../variables/unknown.ts'
import { textOf } from '../../variables/text.ts'
import type { Dict, Value } from '../../variables/value.ts'
import type { Planning } from '../module.ts'
import type { TimeSpan } from '../outcome.ts'
import { withoutEval } from './shell-script.ts'
import { hostPath } from './host-path.ts'
import { fileText, outputLines } from './text.ts'

export interface CommandOptions {
  readonly chdir?: string
  readonly creates?: string
  readonly removes?: string
  readonly stdin?: unknown
  readonly stdin_add_newline?: boolean
  readonly strip_empty_ends?: boolean
}

/** The result of a command that `creates` or `removes` keeps from running, or undefined when it has to run. */
export function guard({ creates, removes }: CommandOptions, planning: Planning): Dict | undefined {
  if (creates !== undefined && exists(creates, planning))
    return notRun(`skipped, since ${creates} exists`, `Did not run command since '${creates}' exists`)
  if (removes !== undefined && !exists(removes, planning)) {
    return notRun(
      `skipped, since ${removes} does not exist`,
      `Did not run command since '${removes}' does not exist`,
    )
  }
  return undefined
}

function notRun(stdout: string, msg: string): Dict {
  return {
    changed: false,
    rc: 0,
    stdout,
    stdout_lines: [stdout],
    stderr: '',
    stderr_lines: [],
    msg,
    start: null,
    end: null,
    delta: null,
  }
}

function exists(pattern: string, planning: Planning): boolean {
  const path = hostPath(pattern, planning)
  if (/[*?[]/.test(path)) return planning.files.glob(path).length > 0
  return planning.files.exists(path)
}

/**
 * Runs a program without a shell: `exec` knows nothing of what is built into one, like an `echo` that reads
 * backslashes. `expand` lets variables of the environment stand in its words.
 */
export function programScript(words: readonly string[], expand: boolean): Script {
  return expand ? joinScripts([sh`exec`, ...words.map((word) => expanding(word))], ' ') : sh`exec ${words}`
}

/** The script of a command, and what is known of its effect: what it `creates` is there afterwards. */
export function commandScript(
  run: Script,
  words: readonly string[],
  { chdir, creates, stdin, stdin_add_newline = true }: CommandOptions,
  planning: Planning,
): { script: Script; payload?: Uint8Array; after: AnyEffect[] } {
  const input =
    stdin === undefined || stdin === null ? undefined : fileText(stdin) + (stdin_add_newline ? '\n' : '')
  return {
    script: joinScripts([
      ...(chdir === undefined ? [] : [sh`cd -P -- ${hostPath(chdir, planning)} || exit`]),
      run,
    ]),
    payload: input === undefined ? undefined : Buffer.from(input),
    after: createdEffects(creates, words, planning),
  }
}

/** What is known of a command's effect: that something will be where it `creates`. */
export function createdEffects(
  creates: string | undefined,
  words: readonly string[],
  planning: Planning,
): AnyEffect[] {
  if (creates === undefined || /[*?[]/.test(creates)) return []
  const because = new Unknown({ what: `\`${words.join(' ').slice(0, 60)}\``, location: planning.location })
  const { path } = planning.files.lstat(hostPath(creates, planning))
  return [effect(pathKind, path, { type: 'created', because })]
}

/** A word in which `$NAME` and `${NAME}` stand for variables of the environment, as `command` expands them. */
function expanding(word: string): Script {
  if (!/\$(\w+|\{\w+\})/.test(word)) return sh`${word}`
  const parts = word.split(/(\$\w+|\$\{\w+\})/).filter(Boolean)
  return authoredScript(
    parts
      .map((part) =>
        /^\$(\w+|\{\w+\})$/.test(part)
          ? `"\${${part.replaceAll(/[${}]/g, '')}-${part.replaceAll(/[$}]/g, '\\$&')}}"`
          : quote(part),
      )
      .join(''),
  )
}

// The program never ran: what the shell says of it is no output of its.
function notRunnable(status: number, complaint: string, program: string): Dict | undefined {
  const [, why] =
    /^\S*sh: .*exec: .*: (not found|cannot execute|Permission denied)[^\n]*$/i.exec(complaint) ?? []
  if (why === undefined || (status !== 126 && status !== 127)) return undefined
  return status === 127
    ? { rc: 2, msg: `[Errno 2] No such file or directory: b'${program}'` }
    : { rc: 13, msg: `[Errno 13] Permission denied: b'${program}'` }
}

/** What `register` holds of a command that has run. */
export function finishCommand(
  { status, stdout, stderr }: Answer,
  { strip_empty_ends = true }: CommandOptions,
  cmd: Value,
  time?: TimeSpan,
): Dict {
  const text = (bytes: Buffer) =>
    strip_empty_ends ? bytes.toString('utf8').replace(/[\r\n]+$/, '') : bytes.toString('utf8')
  const [out, complaint] = [text(stdout), withoutEval(text(stderr))]
  const none =
    Array.isArray(cmd) && out === '' ? notRunnable(status, complaint, textOf(cmd[0] ?? '')) : undefined
  if (none)
    return {
      cmd,
      stdout: '',
      stdout_lines: [],
      stderr: '',
      stderr_lines: [],
      ...none,
      failed: true,
      changed: false,
    }
  return {
    cmd,
    rc: status,
    stdout: out,
    stdout_lines: outputLines(out),
    stderr: complaint,
    stderr_lines: outputLines(complaint),
    ...(status === 0 ? { msg: '' } : { msg: 'non-zero return code', failed: true }),
    changed: true,
    ...(time && spent(time)),
  }
}

// As Python prints times and their difference; what is measured is thousandths of a second.
function spent({ start, end }: TimeSpan): Dict {
  const told = (time: Date) =>
    new Date(time.getTime() - time.getTimezoneOffset() * 60_000)
      .toISOString()
      .replace('T', ' ')
      .replace('Z', '000')
  const ms = Math.max(0, end.getTime() - start.getTime())
  const part = (unit: number, of: number, digits: number) =>
    String(Math.floor(ms / unit) % of).padStart(digits, '0')
  const days = Math.floor(ms / 86_400_000)
  const delta = `${Math.floor(ms / 3_600_000) % 24}:${part(60_000, 60, 2)}:${part(1000, 60, 2)}.${part(1, 1000, 3)}000`
  return {
    start: told(start),
    end: told(end),
    delta: days === 0 ? delta : `${days} day${days === 1 ? '' : 's'}, ${delta}`,
  }
}
