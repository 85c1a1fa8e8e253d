import { group as groupKind, type Group } from '../../../resources/group.ts'
import type { Planning } from '../../module.ts'

/** The groups of these names or numbers, all read at once; a missing one as its name alone. */
export function findGroups(
  names: readonly string[],
  { state }: Planning,
): { readonly found: Group[]; readonly missing: string[] } {
  const values = state.readAll(groupKind, [...names])
  return {
    found: values.filter((value) => value !== null),
    missing: names.filter((_, index) => values[index] === null),
  }
}
