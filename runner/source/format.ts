import { readFileSync } from 'node:fs'
import { styleText } from 'node:util'
import type { Diagnostic } from './diagnostic.ts'
import { formatLocation, type Location } from './location.ts'
import { isVaulted } from './vault.ts'

export interface FormatOptions {
  readonly color?: boolean
}

/**
 * Diagnostics as people read them: the place and what is wrong, the line with a caret under it, what to do, and
 * what Ansible calls it where scripts look for its words.
 *
 *     error: roles/nginx/tasks/main.yml:12:7: unknown module 'coppy'
 *       12 |   - coppy:
 *          |     ^
 *     hint: did you mean 'copy'?
 */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], options: FormatOptions = {}): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    options.color === true ? styleText(style, text, { validateStream: false }) : text
  const lines = new SourceLines()
  return inOrder(diagnostics)
    .map(({ severity, message, hint, location, ansible }) => {
      const place = location === undefined ? '' : `${escapeControl(formatLocation(location))}: `
      const head = `${paint(['bold', severity === 'error' ? 'red' : 'yellow'], `${severity}:`)} ${place}${escapeControl(message)}\n`
      const tail = hint === undefined ? '' : `${paint('cyan', 'hint:')} ${escapeControl(hint)}\n`
      const label = severity === 'error' ? 'ERROR!' : '[WARNING]:'
      const known = ansible === undefined ? '' : `${label} ${escapeControl(ansible)}\n`
      return head + paintExcerpt(lines.at(location), location) + tail + known
    })
    .join('\n')
}

/** Sorted by file and line, each thing said once. */
export function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const unique = new Map(
    diagnostics.map((diagnostic) => [JSON.stringify([diagnostic.location, diagnostic.message]), diagnostic]),
  )
  return [...unique.values()].sort((a, b) => compare(a.location, b.location))
}

function compare(a: Location | undefined, b: Location | undefined): number {
  if (a === undefined || b === undefined) return Number(b === undefined) - Number(a === undefined) || 0
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return a.line - b.line || a.column - b.column
}

function paintExcerpt(line: string | undefined, location: Location | undefined): string {
  if (line === undefined || location === undefined) return ''
  const number = String(location.line)
  const margin = ' '.repeat(number.length)
  // Columns that are wide or escaped would put the caret elsewhere, so it stands below the printed text.
  const before = escapeControl(line.slice(0, location.column - 1))
  return `  ${number} | ${escapeControl(line)}\n  ${margin} | ${' '.repeat(before.length)}^\n`
}

/** The line of a file that a place is in; undefined when it cannot be read, or only encrypted. */
export function lineAt(location: Location): string | undefined {
  return readLines(location.file)[location.line - 1]
}

/** Lines of files as they lie on disk; an encrypted file's lines are of no use to a reader. */
class SourceLines {
  readonly #files = new Map<string, readonly string[]>()

  at(location: Location | undefined): string | undefined {
    if (location === undefined) return undefined
    let lines = this.#files.get(location.file)
    if (lines === undefined) {
      lines = readLines(location.file)
      this.#files.set(location.file, lines)
    }
    const line = lines[location.line - 1]
    return line !== undefined && line.length > 200 ? `${line.slice(0, 199)}…` : line
  }
}

function readLines(file: string): readonly string[] {
  try {
    const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
    return isVaulted(text) ? [] : text.split(/\r?\n/)
  } catch {
    return []
  }
}

/** Text with what a terminal would act on made visible; a tab becomes a space, so that columns stay in place. */
function escapeControl(text: string): string {
  return text.replaceAll('\t', ' ').replace(
    // Control characters, and those that reorder or hide what follows.
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
