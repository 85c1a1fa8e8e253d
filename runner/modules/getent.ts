import { group as groupKind } from '../resources/group.ts'
import { nameService } from '../resources/name-service.ts'
import { user as userKind } from '../resources/user.ts'
import { Unknown } from '../variables/unknown.ts'
import type { Dict, Value } from '../variables/value.ts'
import { args, bool, optional, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { failed, unchanged } from './outcome.ts'

export default defineModule({
  name: 'getent',
  summary: 'Asks the host’s name services (passwd, group, hosts, services …).',
  looksOnly: true,
  args: args({
    database: text('Which of them.'),
    key: optional(text('What is looked for; without it the whole database.')),
    service: optional(text('Ask only this service (files, dns …).')),
    split: optional(text('What separates the fields. @default : in account files, else blanks')),
    fail_key: bool('Fail when the key is not there.', { default: true }),
  }),
  plan: (given, planning) => {
    const { database, key } = given
    const separator = given.split ?? (/^(passwd|shadow|group|gshadow)$/.test(database) ? ':' : undefined)
    const fact = `getent_${database}`
    const missing = () =>
      given.fail_key
        ? failed('One or more supplied key could not be found in the database.')
        : found(fact, { [key ?? '']: null })
    const coming = foretold(given, planning)
    if (coming !== undefined) return coming === null ? missing() : found(fact, Object.fromEntries([coming]))
    const { status, lines } = planning.state.read(nameService, given)
    if (status === 1) return failed('Missing arguments, or database unknown.')
    if (status === 3) return failed('Enumeration not supported on this database.')
    if (status === 2 || (key !== undefined && lines.length === 0)) return missing()
    const entries = new Map(lines.map((line) => entry(line, separator)))
    if (key === undefined && given.service === undefined) overlay(entries, database, planning)
    return found(fact, Object.fromEntries(entries))
  },
})

function found(fact: string, entries: Dict) {
  const facts = { [fact]: entries }
  return unchanged({ ansible_facts: facts }, { facts, variables: facts })
}

function entry(line: string, separator: string | undefined): [string, Value] {
  const [name = '', ...fields] = separator === undefined ? line.trim().split(/\s+/) : line.split(separator)
  return [name, fields]
}

/** The fields of a user or group that an earlier task has made, changed or removed; null when it is gone. */
function foretold(
  { database, key, service }: { database: string; key?: string; service?: string },
  { state }: Planning,
): [string, Value[]] | null | undefined {
  if (key === undefined || service !== undefined) return undefined
  if (database === 'passwd' && state.predicted(userKind, key) !== undefined) return userEntry(key, state)
  if (database === 'group' && state.predicted(groupKind, key) !== undefined) return groupEntry(key, state)
  return undefined
}

// The same for a whole database.
function overlay(entries: Map<string, Value>, database: string, { state }: Planning): void {
  const [kind, entryOf] = database === 'passwd' ? [userKind, userEntry] : [groupKind, groupEntry]
  if (database !== 'passwd' && database !== 'group') return
  for (const { resource } of state.predictions()) {
    if (resource.kind !== kind) continue
    const name = resource.key as string
    const account = entryOf(name, state)
    if (account) entries.set(...account)
    else entries.delete(name)
  }
}

function userEntry(name: string, state: Planning['state']): [string, Value[]] | null {
  const user = state.read(userKind, name)
  return user && [user.name, ['x', numeral(user.uid), numeral(user.gid), user.comment, user.home, user.shell]]
}

function groupEntry(name: string, state: Planning['state']): [string, Value[]] | null {
  const group = state.read(groupKind, name)
  return group && [group.name, ['x', numeral(group.gid), group.members.join(',')]]
}

function numeral(number: number | Unknown): string | Unknown {
  return number instanceof Unknown ? number : String(number)
}
