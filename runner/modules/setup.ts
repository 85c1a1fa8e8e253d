import { facts as factsKind } from '../resources/facts.ts'
import { chosen } from '../resources/facts/collectors.ts'
import { runningHostname } from '../resources/running-hostname.ts'
import { resource } from '../resources/resource.ts'
import { Miss } from '../host/misses.ts'
import { type Dict, isDict } from '../variables/value.ts'
import { args, int, item, list, path } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { failed, unchanged } from './outcome.ts'
import { fnmatch } from '../host/fnmatch.ts'
import { hostPath } from './support/host-path.ts'
import { localFacts } from './support/local-facts.ts'

export default defineModule({
  name: 'setup',
  aliases: ['gather_facts'],
  summary: 'Gathers facts about the host.',
  looksOnly: true,
  args: args({
    gather_subset: list(item.text, 'Which facts: all, min, network, hardware, virtual …, or !these.', {
      default: ['all'],
    }),
    filter: list(item.text, 'Patterns; only facts whose names match one are returned.', { default: [] }),
    fact_path: path('The directory of the host’s own facts.', { default: '/etc/ansible/facts.d' }),
    gather_timeout: int('Accepted; a file system that does not answer is given up after 10 seconds.', {
      default: 10,
    }),
    parallel: list(item.raw, 'Accepted; there is only one source of facts.', { default: [] }),
  }),
  plan: ({ gather_subset, filter, fact_path }, planning) => {
    const selection = selected(gather_subset)
    if ('message' in selection) return failed(selection.message)
    const names = selection.collectors.map(({ name }) => name)
    const local = selection.local ? together(() => localFacts(hostPath(fact_path, planning), planning)) : {}
    const gathered = names.length > 0 ? [resource(factsKind, names)] : []
    if (local instanceof Miss) planning.state.want([...gathered, ...local.resources])
    const found: Dict = {
      ...(names.length > 0
        ? withEnvironment(withNames(planning.state.read(factsKind, names), planning), planning)
        : {}),
      ...(selection.local ? { local: local as Dict } : {}),
    }
    const facts = Object.fromEntries(Object.entries(found).filter(([name]) => isWanted(name, filter)))
    return unchanged(
      {
        ansible_facts: Object.fromEntries(
          Object.entries(facts).map(([name, fact]) => [`ansible_${name}`, fact]),
        ),
      },
      { facts: { ...facts, gather_subset, module_setup: true } },
    )
  },
})

function selected(subset: readonly string[]): ReturnType<typeof chosen> | { message: string } {
  try {
    return chosen(subset.map((word) => word.trim()))
  } catch (error) {
    if (error instanceof RangeError) return { message: error.message }
    throw error
  }
}

// What the local facts miss is read together with the others.
function together(read: () => Dict): Dict | Miss {
  try {
    return read()
  } catch (error) {
    if (error instanceof Miss) return error
    throw error
  }
}

// A name that an earlier task has given the host.
function withNames(facts: Dict, { state }: Planning): Dict {
  const name = state.predicted(runningHostname, 'kernel')
  if (typeof name !== 'string' || !('hostname' in facts)) return facts
  const [hostname = '', ...domain] = name.split('.')
  return { ...facts, nodename: name, hostname, fqdn: name, domain: domain.join('.') }
}

// What the task sets for what runs on the host, facts about it see too.
function withEnvironment(facts: Dict, { environment }: Planning): Dict {
  const { env } = facts
  return env !== undefined && isDict(env) ? { ...facts, env: { ...env, ...environment } } : facts
}

function isWanted(name: string, filter: readonly string[]): boolean {
  return (
    filter.every((pattern) => pattern === '') ||
    filter.some((pattern) => fnmatch(`ansible_${name}`, pattern) || fnmatch(name, pattern))
  )
}
