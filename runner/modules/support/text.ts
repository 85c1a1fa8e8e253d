import { isDict } from '../../variables/value.ts'
import { textOf } from '../../variables/text.ts'

/** What a value looks like in a file: text as it is, lists and dictionaries as JSON. */
export function fileText(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value) || isDict(value)) return JSON.stringify(value)
  return value === null ? '' : textOf(value)
}

/** Output of a command as Ansible registers it. */
export function outputLines(text: string): string[] {
  return text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/)
}
