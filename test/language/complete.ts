import { expect, test } from 'vitest'
import { type Case, testCases } from '../engine/cases.ts'

type Unnamed = Omit<Case, 'says'>

/**
 * Runs a case for every name of a list, or several under names like `serial (percentages)`; a name of the list without
 * any, and a case without a name in it, fail.
 */
export function testEvery(
  what: string,
  names: readonly string[],
  cases: Readonly<Record<string, Unnamed>>,
): void {
  test(`every ${what} has a case`, () => {
    const covered = new Set(Object.keys(cases).map((name) => name.replace(/ \(.*\)$/, '')))
    expect([...covered].toSorted()).toEqual([...names].toSorted())
  })
  testCases(Object.entries(cases).map(([name, each]) => ({ says: `${what} ${name}`, ...each })))
}
