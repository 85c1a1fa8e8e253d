import type { Value } from '../variables/value.ts'

const TRUE = new Set(['y', 'yes', 'on', '1', 'true', 't'])

/** Ansible's reading of a keyword that is a boolean but may have been written as a word. */
export function truth(value: Value): boolean {
  if (typeof value === 'string') return TRUE.has(value.toLowerCase())
  return value === true || value === 1
}
