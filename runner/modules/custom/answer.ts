import type { Answer } from '../../transport/session.ts'
import { type Dict, isDict, type Value } from '../../variables/value.ts'
import type { ModuleResult } from '../outcome.ts'
import { outputLines } from '../support/text.ts'

/** What a module of the author's own has printed: one JSON dictionary, with other lines around it or without. */
export function resultOf({ status, stdout, stderr }: Answer, name: string): ModuleResult {
  const [out, complaint] = [stdout.toString('utf8'), stderr.toString('utf8')]
  const { result, after = '' } = parse(out) ?? {}
  if (result === undefined)
    return {
      failed: true,
      changed: false,
      msg: failureOf(status, complaint, name),
      rc: status,
      module_stdout: out,
      module_stderr: complaint,
      stderr: complaint,
    }
  const failed = isTruthy(result['failed'] ?? fails(result['rc']))
  const told = complaint === '' ? result : { stderr: complaint, ...result }
  const warnings: Dict = after === '' ? {} : { warnings: [...warningsOf(result), `${AFTER}: ${after}`] }
  return { changed: false, ...withLines(told), ...warnings, failed }
}

/** The answer among the lines, and what stands after it. */
function parse(out: string): { result: Dict; after: string } | undefined {
  const lines = out.split('\n')
  const first = lines.findIndex((line) => line.trimStart().startsWith('{'))
  const last = lines.findLastIndex((line) => line.trimEnd().endsWith('}'))
  if (first < 0 || last < first) return undefined
  try {
    const value = JSON.parse(lines.slice(first, last + 1).join('\n')) as Value
    return isDict(value)
      ? {
          result: value,
          after: lines
            .slice(last + 1)
            .join('\n')
            .trim(),
        }
      : undefined
  } catch {
    return undefined
  }
}

/** As Python sees it, by which Ansible goes. */
const isTruthy = (value: Value) => value !== null && value !== false && value !== 0 && value !== ''

const fails = (rc: Value | undefined) => rc !== undefined && rc !== null && rc !== 0 && rc !== '0'

const AFTER = 'Module invocation had junk after the JSON data'

function warningsOf({ warnings }: Dict): readonly Value[] {
  return Array.isArray(warnings) ? warnings : []
}

function withLines(result: Dict): Dict {
  const lines = ['stdout', 'stderr'].flatMap((stream): [string, Value][] => {
    const text = result[stream]
    return typeof text === 'string' && result[`${stream}_lines`] === undefined
      ? [[`${stream}_lines`, outputLines(text)]]
      : []
  })
  return Object.fromEntries([...Object.entries(result), ...lines])
}

function failureOf(status: number, complaint: string, name: string): string {
  const missing = /No module named '(ansible[\w.]*)'/.exec(complaint)?.[1]
  if (missing !== undefined)
    return (
      `the module '${name}' needs Ansible's Python library on the host, and python3 finds no '${missing}' there; ` +
      `install it (Debian: ansible-core), or write the module without it (WANT_JSON)`
    )
  if (status === 126 || status === 127)
    return `The module interpreter of '${name}' was not found, or cannot be run: ${complaint.trim()}`
  return 'MODULE FAILURE: No start of json char found\nSee stdout/stderr for the exact error'
}
