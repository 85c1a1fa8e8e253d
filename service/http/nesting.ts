/** Whether arrays and objects are nested deeper than the limit; a plain value has depth 0. Does not recurse. */
export function nestedDeeperThan(limit: number, value: unknown): boolean {
  let level = containersIn([value])
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === limit) return true
    level = containersIn(level.flatMap((container) => Object.values(container)))
  }
  return false
}

function containersIn(values: unknown[]): object[] {
  return values.filter((value): value is object => typeof value === 'object' && value !== null)
}
