import type { Diff } from '../engine/events.ts'
import { MASK } from '../variables/secret.ts'

/** The part of a redactor that masking a diff needs. */
interface Masker {
  text(text: string): string
  lines(text: string): string
  texts<T>(value: T): T
}

const CHANGED = ' (secret changed)'

/** A diff with its secrets masked, in which a change that the mask would hide is still a change. */
export function maskDiff(diff: Diff, masker: Masker): Diff {
  const { path, before, after, attributes, unknown } = diff
  return {
    ...diff,
    path: masker.text(path),
    ...(typeof before === 'string' && { before: collapse(masker.lines(before)) }),
    ...(typeof after === 'string' && { after: maskAfter(before ?? '', after, masker) }),
    ...(attributes && {
      attributes: attributes.map((change) => ({
        name: masker.text(change.name),
        before: change.before === null ? null : collapse(masker.lines(change.before)),
        after: change.after === null ? null : maskAfter(change.before ?? '', change.after, masker),
      })),
    }),
    ...(unknown && { unknown: masker.texts(unknown) }),
  }
}

/**
 * The text after a change, masked. A line that holds a secret, is new, and looks once masked like a line that went away
 * is noted as changed.
 */
export function maskAfter(before: string, after: string, masker: Masker): string {
  const maskedBefore = masker.lines(before)
  const maskedAfter = masker.lines(after)
  if (before === after) return collapse(maskedAfter)
  const unchanged = new Set(before.split('\n'))
  const gone = new Set(maskedBefore.split('\n'))
  const originals = after.split('\n')
  const marked = maskedAfter
    .split('\n')
    .map((line, index) => {
      const original = originals[index]!
      return line !== original && gone.has(line) && !unchanged.has(original) ? note(line) : line
    })
    .join('\n')
  // Secrets that changed places, or became what the mask looks like: no line is new, but the change must show.
  return collapse(marked === maskedBefore ? noteLast(marked) : marked)
}

function note(line: string): string {
  return line.endsWith('\r') ? `${line.slice(0, -1)}${CHANGED}\r` : line + CHANGED
}

function noteLast(text: string): string {
  const lines = text.split('\n')
  const last = lines.findLastIndex((line) => line.includes(MASK))
  return lines.with(last, note(lines[last]!)).join('\n')
}

/** One line for a run of lines that are nothing but secret: how many a key has is nobody's business. */
function collapse(masked: string): string {
  if (!masked.includes(MASK)) return masked
  const lines = masked.split('\n')

  return lines.filter((line, index) => !isSecret(line) || line !== lines[index - 1]).join('\n')
}

function isSecret(line: string | undefined): boolean {
  return line === MASK || line === MASK + CHANGED
}
