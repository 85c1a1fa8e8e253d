import type { Message } from '../engine/events.ts'
import { formatLocation } from '../source/location.ts'
import type { Paint } from './color.ts'
import { escapeText, escapeLine } from './escape.ts'

/** A warning or note, with the place it is about and what to do. */
export function messageLines({ severity, text, host, diagnostic }: Message, paint: Paint): string[] {
  const about = host === undefined ? '' : `${escapeLine(host)}: `
  const lines = [`${LABELS[severity]}${about}${indented(text)}`]
  if (diagnostic && !text.includes(diagnostic.message)) lines.push(`  ${indented(diagnostic.message)}`)
  if (diagnostic?.location) lines.push(`  at ${escapeLine(formatLocation(diagnostic.location))}`)
  if (diagnostic?.hint) lines.push(`  ${indented(diagnostic.hint)}`)
  if (severity === 'info') return lines
  return lines.map((line) => paint(severity === 'error' ? 'failed' : severity, line))
}

const LABELS = {
  error: 'ERROR! ',
  warning: '[WARNING]: ',
  deprecation: '[DEPRECATION WARNING]: ',
  info: '',
} as const

/** Lines after the first stand to the right, so that none of them can pass for a message or a result of its own. */
function indented(text: string): string {
  return escapeText(text).replaceAll('\n', '\n  ')
}
