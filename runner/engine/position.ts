/**
 * Where a host stands in a play: the indices on the way down to a task (section, step, step of a block, …). Positions
 * of one play are ordered as the tasks would run, so hosts can be compared even where they take different branches.
 */
export type Position = readonly number[]

/** Negative when `a` comes before `b`, 0 when they are the same. A step comes before what is inside of it. */
export function comparePositions(a: Position, b: Position): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const difference = a[index]! - b[index]!
    if (difference !== 0) return difference
  }
  return a.length - b.length
}
