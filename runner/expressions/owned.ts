import { Failure } from './items.ts'

/**
 * Lists and dictionaries that the text being evaluated has made itself: the only ones that `append`, `update` and
 * their like may change. Variables never change under an expression.
 */
const owned = new WeakSet<object>()

export function own<T extends object>(value: T): T {
  owned.add(value)
  return value
}

/** @throws Failure when the value is not the text's own. */
export function requireOwned(value: object, method: string): void {
  if (owned.has(value)) return
  throw new Failure(
    `'${method}' would change a variable`,
    'build a new value: `list + [item]`, `dict | combine({…})`; or copy it first: `{% set x = x.copy() %}`',
  )
}
