import type { Dict, Value } from '../variables/value.ts'
import { Unknown } from '../variables/unknown.ts'
import type { Diff } from './events.ts'

/** Modules whose `diff` has always been a list. */
const LISTS = new Set(['lineinfile', 'blockinfile'])

/** What Ansible calls an attribute. */
const NAMES: Readonly<Record<string, string>> = { 'link to': 'src' }

/**
 * `diff` as `register` holds it: texts before and after, or attributes by name. One change is a dictionary, several
 * are a list of them.
 */
export function registeredDiff(diffs: readonly Diff[], module: string): Value {
  const told = diffs.map((diff) => one(diff))
  return told.length === 1 && !LISTS.has(module) ? told[0]! : told
}

function one({ path, before, after, attributes = [], unknown }: Diff): Dict {
  if (before !== undefined || after !== undefined || unknown !== undefined) {
    const later = unknown && new Unknown(unknown)
    return { before_header: path, after_header: path, before: before ?? '', after: later ?? after ?? '' }
  }
  const side = (which: 'before' | 'after') =>
    Object.fromEntries<Value>([
      ['path', path],
      ...attributes.map((each) => [NAMES[each.name] ?? each.name, each[which]] as const),
    ])
  return { before: side('before'), after: side('after') }
}
