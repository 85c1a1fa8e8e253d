import type { Dict } from '../variables/value.ts'
import type { Collector } from './facts/collector.ts'
import { collectors } from './facts/collectors.ts'
import { Evidence, look } from './facts/evidence.ts'
import { atPath, defineResource } from './resource.ts'

/** Facts about the host, without the `ansible_` prefix; the key names the collectors. */
export const facts = defineResource<readonly string[], Dict>({
  name: 'facts',
  id: (names) => names.join(','),
  read: (keys) => look(named(keys.flat())),
  outdatedBy: atPath((path) =>
    /^\/etc\/(localtime|timezone|hostname|hosts|resolv\.conf|machine-id|os-release|fstab|ssh\/ssh_host_.*)$/.test(
      path,
    ),
  ),
  parse: (answer, keys) => {
    const evidence = new Evidence(answer.toString('utf8'))
    return keys.map(
      (names) => Object.assign({}, ...named(names).map((collector) => collector.facts(evidence))) as Dict,
    )
  },
})

function named(names: readonly string[]): Collector[] {
  return collectors.filter(({ name }) => names.includes(name))
}
