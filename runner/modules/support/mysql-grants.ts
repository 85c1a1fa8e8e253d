import { identifier } from '../../resources/mysql.ts'

/** Privileges by where they hold (`` `db`.* ``); `GRANT` stands for the right to grant them. */
export type Grants = ReadonlyMap<string, ReadonlySet<string>>

/** What an author writes: `db.table:SELECT,INSERT/other.*:ALL,GRANT`. A text says what is wrong with it. */
export function parseGrants(written: string): Grants | string {
  const grants = new Map<string, Set<string>>()
  for (const part of written.split(/\/(?=[^:]*:)/)) {
    const match = /^\s*(?:(function|procedure)\s+)?(.+?):(.*)$/is.exec(part)
    if (!match) return part
    const [, routine, place = '', words = ''] = match
    const where = placeOf(place.trim())
    if (where === undefined) return part
    const set = new Set(splitWords(words).map((word) => normal(word)))
    if (![...set].every((word) => isPrivilege(word))) return part
    // Nothing is granted by it.
    set.delete('USAGE')
    if (set.size > 0) grants.set(routine === undefined ? where : `${routine.toUpperCase()} ${where}`, set)
  }
  return grants
}

// The words go into SQL as they are; `ON` and `TO` would end them.
function isPrivilege(word: string): boolean {
  return /^(?!.*\b(?:ON|TO)\b)[A-Z_ ]+$/.test(word.replace(/ \(.*$/s, ''))
}

function placeOf(place: string): string | undefined {
  const match = /^(`(?:[^`]|``)*`|[^.`]+)\.(`(?:[^`]|``)*`|[^`]+)$/.exec(place)
  if (!match) return undefined
  return match
    .slice(1)
    .map((name) => (name === '*' ? '*' : name.startsWith('`') ? name : identifier(name)))
    .join('.')
}

/** What the server shows of an account. */
export function grantsOf(lines: readonly string[]): Grants {
  const grants = new Map<string, Set<string>>()
  for (const line of lines) {
    const match =
      /^GRANT (.+?) ON ((?:FUNCTION |PROCEDURE |PACKAGE )?(?:\*|`(?:[^`]|``)*`)\.(?:\*|`(?:[^`]|``)*`)) TO (.*)$/is.exec(
        line,
      )
    // A role, or a proxy.
    if (!match) continue
    const [, words = '', where = '', rest = ''] = match
    const set = grants.get(where) ?? new Set<string>()
    for (const word of splitWords(words)) if (normal(word) !== 'USAGE') set.add(normal(word))
    if (/ WITH .*GRANT OPTION/i.test(rest)) set.add('GRANT')
    if (set.size > 0) grants.set(where, set)
  }
  return grants
}

// Not between the columns of `SELECT (a, b)`.
function splitWords(words: string): string[] {
  return words
    .split(/,(?![^(]*\))/)
    .map((word) => word.trim())
    .filter(Boolean)
}

function normal(word: string): string {
  const [, name = '', columns = ''] = /^([^(]*)(\(.*\))?$/s.exec(word) ?? []
  const plain = name.trim().replaceAll(/\s+/g, ' ').toUpperCase()
  if (plain === 'ALL PRIVILEGES') return 'ALL'
  if (plain === 'GRANT OPTION' || plain === 'WITH GRANT OPTION') return 'GRANT'
  if (columns === '') return plain
  const list = columns
    .slice(1, -1)
    .split(',')
    .map((each) => each.trim().replaceAll('`', ''))
    .toSorted()
  return `${plain} (${list.map((each) => identifier(each)).join(', ')})`
}

export function withGrants(one: Grants, other: Grants): Grants {
  const all = new Map([...one].map(([where, what]) => [where, new Set(what)]))
  for (const [where, what] of other) {
    const set = all.get(where) ?? new Set<string>()
    all.set(
      where,
      set.has('ALL') ? new Set([...set, ...(what.has('GRANT') ? ['GRANT'] : [])]) : set.union(what),
    )
  }
  return all
}

export function sameGrants(one: Grants, other: Grants): boolean {
  return (
    one.size === other.size &&
    [...one].every(([where, what]) => {
      const wanted = other.get(where)
      return wanted !== undefined && wanted.size === what.size && what.isSubsetOf(wanted)
    })
  )
}

/** What makes one of the other. */
export function grantStatements(before: Grants, after: Grants, account: string): string[] {
  const none: ReadonlySet<string> = new Set()
  const places = new Set([...before.keys(), ...after.keys()])
  return [...places].flatMap((where) => {
    const [has, wants] = [before.get(where) ?? none, after.get(where) ?? none]
    const extra = has.difference(wants)
    const missing = wants.difference(has)
    const words = (set: ReadonlySet<string>) =>
      [...set].map((word) => (word === 'ALL' ? 'ALL PRIVILEGES' : word))
    const plain = missing.difference(new Set(['GRANT']))
    return [
      ...(extra.has('GRANT') ? [`revoke GRANT OPTION on ${where} from ${account}`] : []),
      ...(extra.size > (extra.has('GRANT') ? 1 : 0)
        ? [`revoke ${words(extra.difference(new Set(['GRANT']))).join(', ')} on ${where} from ${account}`]
        : []),
      ...(missing.size === 0
        ? []
        : [
            `grant ${words(plain).join(', ') || 'USAGE'} on ${where} to ${account}${missing.has('GRANT') ? ' with grant option' : ''}`,
          ]),
    ]
  })
}
