import { styleText } from 'node:util'

/** Ansible's colours, and magenta for what cannot be known. */
const STYLES = {
  ok: 'green',
  changed: 'yellow',
  failed: 'red',
  skipped: 'cyan',
  unreachable: 'redBright',
  unknown: 'magenta',
  rescued: 'yellow',
  ignored: 'blue',
  warning: 'magentaBright',
  deprecation: 'magenta',
  faint: 'gray',
  bold: 'bold',
  added: 'green',
  removed: 'red',
  hunk: 'cyan',
} as const

export type Style = keyof typeof STYLES

/** Puts a style around text, line by line; leaves it alone where there is no colour. */
export type Paint = (style: Style, text: string) => string

export const plain: Paint = (_, text) => text

export const colored: Paint = (style, text) =>
  text
    .split('\n')
    .map((line) => (line === '' ? '' : styleText(STYLES[style], line, { validateStream: false })))
    .join('\n')

/** Whether to write colour to a stream: `FORCE_COLOR` says yes, `NO_COLOR` says no, else terminals have it. */
export function wantsColor(stream: { readonly isTTY?: boolean }, environment = process.env): boolean {
  const { FORCE_COLOR: force, NO_COLOR: never, TERM: terminal } = environment
  if (force !== undefined) return force !== '0' && force !== 'false'
  if (never !== undefined && never !== '') return false
  return stream.isTTY === true && terminal !== 'dumb'
}
