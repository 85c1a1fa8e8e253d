import { packageKind, type PackageStatus } from '../resources/package.ts'
import { type InstalledPackage, packages } from '../resources/packages.ts'
import { Unknown } from '../variables/unknown.ts'
import type { Dict, Value } from '../variables/value.ts'
import { args, choice, item, list } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { unchanged } from './outcome.ts'

export default defineModule({
  name: 'package_facts',
  summary: 'Lists the installed packages with their versions, as the fact `packages`.',
  looksOnly: true,
  args: args({
    manager: list(item.text, 'Accepted; dpkg is asked.', { default: ['auto'] }),
    strategy: choice(['first', 'all'], 'Accepted; there is one package manager.', { default: 'first' }),
  }),
  plan: (_, planning) => {
    const known = planning.state.read(packages, '')
    const found = new Map<string, Value[]>()
    const changed = foretold(planning)
    for (const each of known) if (!changed.has(each.name)) add(found, each.name, entryOf(each))
    for (const [name, entry] of changed) if (entry !== undefined) add(found, name, entry)
    const facts: Dict = { packages: Object.fromEntries(found) }
    return unchanged({ ansible_facts: facts }, { facts, variables: facts })
  },
})

function add(found: Map<string, Value[]>, name: string, entry: Value): void {
  found.set(name, [...(found.get(name) ?? []), entry])
}

function entryOf({ name, version, arch, category }: InstalledPackage): Dict {
  return { name, version, arch, category, source: 'apt' }
}

/** Packages that tasks of this run have changed; undefined for those that are gone. */
function foretold({ state }: Planning): Map<string, Value | undefined> {
  const later = new Unknown({ what: 'the installation itself' })
  return new Map(
    state
      .predictions()
      .filter(({ resource }) => resource.kind === packageKind)
      .map(({ resource, value }): [string, Value | undefined] => {
        const name = String(resource.key).split(':')[0]!
        if (value instanceof Unknown) return [name, value]
        const { status, version, architecture } = value as PackageStatus
        if (status !== 'installed') return [name, undefined]
        return [name, { name, version: version!, arch: architecture!, category: later, source: 'apt' }]
      }),
  )
}
