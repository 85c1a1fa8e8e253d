import { createHash } from 'node:crypto'

import type { AttributeChange, Diff } from '../engine/events.ts'
import { colored, plain, type Paint, type Style } from './color.ts'
import { escapeText, escapeLine } from './escape.ts'
import { hunks, type Line } from './hunks.ts'
import { waitsFor } from './reason.ts'
import { showWhitespace } from './whitespace.ts'

export interface DiffOptions {
  /** @default false */
  readonly color?: boolean
  /** Lines of content shown before the rest is left out with a note. @default 200 */
  readonly maxLines?: number
}

/** Several diffs as people read them: what takes a line each stands together, texts are set apart by empty lines. */
export function renderDiffs(diffs: readonly Diff[], options: DiffOptions = {}): string[] {
  return diffs.flatMap((diff, index) => {
    const lines = renderDiff(diff, options)
    const next = diffs[index + 1]
    return next && isBrief(diff) && isBrief(next) ? lines : [...lines, '']
  })
}

/**
 * A diff as people read it: of texts unified with three lines of context and the host's path, changed attributes as
 * lines of their own, whitespace visible where it is all that differs, large ones shortened; of everything else a line
 * for what comes (`+`) or goes (`-`), and one for each change (`~`). Nothing in it can command a terminal.
 */
export function renderDiff(diff: Diff, { color = false, maxLines = 200 }: DiffOptions = {}): string[] {
  const paint = color ? colored : plain
  if (isBrief(diff)) return briefLines(diff).map(([style, line]) => paint(style, escapeLine(line)))
  const body = attributeLines(attributes(diff)).map((line) => paint('changed', escapeLine(line)))
  if (diff.unknown && typeof diff.after !== 'string') {
    body.push(paint('unknown', escapeLine(unknownLine(diff))))
  } else if (isText(diff)) {
    body.push(...content(diff, paint, maxLines))
  }
  return [...headers(diff).map((line) => paint('bold', escapeLine(line))), ...body]
}

/**
 * A diff as a patch: whole, with the attributes before the headers (where `patch` skips them) and nothing escaped, for
 * JSON.
 */
export function unified(diff: Diff): string {
  const lines = [...attributes(diff).map((change) => attributeLine(change)), ...headers(diff)]
  if (diff.unknown && typeof diff.after !== 'string') lines.push(unknownLine(diff))
  else if (isText(diff)) lines.push(...textLines(diff).map(({ sign, text }) => sign + text))
  return `${lines.join('\n')}\n`
}

/** Nothing but attributes: a package, a unit, the mode of a file. */
function isBrief(diff: Diff): boolean {
  return diff.before === undefined && diff.after === undefined && !diff.unknown
}

/** What tells that a thing itself comes or goes. */
const EXISTENCE = new Set(['type', 'state', 'version', 'link to', 'mode', 'uid', 'gid'])

function briefLines({ path, attributes: changes = [] }: Diff): [Style, string][] {
  const nothing = (value: string | null) => value === null || value === 'absent'
  const comes = changes.every(({ before }) => nothing(before))
  const goes = changes.every(({ after }) => nothing(after))
  if ((comes || goes) && changes.some(({ name }) => EXISTENCE.has(name))) {
    const style: Style = comes ? 'added' : 'removed'
    const told = changes.map((each) => briefly(each.name, comes ? each.after : each.before))
    return [[style, `${comes ? '+' : '-'} ${path}: ${told.join(', ')}`]]
  }
  return changes.map(({ name, before, after }) => [
    'changed',
    // `reload` is `reloaded`.
    before === null && after?.startsWith(name)
      ? `~ ${path}: ${after}`
      : `~ ${path}: ${name} ${before ?? '(none)'} → ${after ?? '(none)'}`,
  ])
}

/** `directory`, `mode 0755`. */
function briefly(name: string, value: string | null): string {
  return ['type', 'state', 'version'].includes(name) ? `${value}` : `${name} ${value}`
}

/** What a new file is like takes one line; what changes, one each. */
function attributeLines(changes: readonly AttributeChange[]): string[] {
  const isNew = changes.length > 1 && changes.every(({ before }) => before === null)
  return isNew
    ? [changes.map(({ name, after }) => briefly(name, after)).join(', ')]
    : changes.map((each) => attributeLine(each))
}

function headers({ path, before, after }: Diff): string[] {
  return [
    before === null ? '--- /dev/null' : `--- before: ${path}`,
    after === null ? '+++ /dev/null' : `+++ after: ${path}`,
  ]
}

/** What the engine gives, and size and digest of texts that turn out to be binary. */
function attributes(diff: Diff): AttributeChange[] {
  const given = [...(diff.attributes ?? [])]
  if (!isBinary(diff)) return given
  const describe = (name: string, of: (text: string) => string): AttributeChange => ({
    name,
    before: typeof diff.before === 'string' ? of(diff.before) : null,
    after: typeof diff.after === 'string' ? of(diff.after) : null,
  })
  return [
    ...given,
    ...[
      describe('size', (text) => `${Buffer.byteLength(text)} bytes`),
      describe('sha256', (text) => createHash('sha256').update(text).digest('hex')),
    ].filter(({ name }) => given.every((attribute) => attribute.name !== name)),
  ]
}

function attributeLine({ name, before, after }: AttributeChange): string {
  return `${name}: ${before ?? '(none)'} → ${after ?? '(none)'}`
}

function unknownLine({ unknown }: Diff): string {
  return `(content is not known yet: ${waitsFor(unknown ?? [])})`
}

function isBinary({ before, after }: Diff): boolean {
  return (before ?? '').includes('\0') || (after ?? '').includes('\0')
}

function isText(diff: Diff): boolean {
  return diff.before !== undefined && diff.after !== undefined && !isBinary(diff)
}

function textLines({ before, after }: Diff): Line[] {
  return before === after ? [] : hunks(before ?? '', after ?? '')
}

function content(diff: Diff, paint: Paint, maxLines: number): string[] {
  const lines = showWhitespace(textLines(diff))
  if (lines.length === 0 && diff.before !== diff.after) return [paint('faint', '(an empty file)')]
  // One line more than allowed is shown rather than replaced by a note as long.
  const shown = lines.length > maxLines + 1 ? lines.slice(0, maxLines) : lines
  const text = shown.map(({ sign, text }) => paintLine(paint, sign, sign + escapeText(text)))
  return shown === lines ? text : [...text, paint('faint', leftOut(lines.slice(maxLines)))]
}

function paintLine(paint: Paint, sign: Line['sign'], text: string): string {
  const style = SIGN_STYLES[sign]
  return style ? paint(style, text) : text
}

const SIGN_STYLES: Partial<Record<Line['sign'], Style>> = {
  '+': 'added',
  '-': 'removed',
  '@': 'hunk',
  '\\': 'faint',
}

function leftOut(lines: readonly Line[]): string {
  const count = (wanted: Line['sign']): number => lines.filter(({ sign }) => sign === wanted).length
  return `… ${lines.length} more lines left out (${count('+')} added, ${count('-')} removed)`
}
