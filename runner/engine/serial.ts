import { asList, type Value } from '../variables/value.ts'
import { textOf } from '../variables/text.ts'

/**
 * The hosts in batches: `serial` is a number, a percentage, or a list of them of which the last holds for the rest.
 *
 * @source https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_strategies.html#setting-the-batch-size-with-serial
 */
export function batches(hosts: readonly string[], serial: Value | undefined): string[][] {
  const sizes = asList(serial ?? 0).map((size) => batchSize(size, hosts.length))
  const found: string[][] = []
  for (let at = 0, index = 0; at < hosts.length; index++) {
    const size = sizes[Math.min(index, sizes.length - 1)]!
    found.push(hosts.slice(at, at + size))
    at += size
  }
  return found
}

function batchSize(size: Value, all: number): number {
  const text = textOf(size).trim()
  const wanted = text.endsWith('%') ? Math.floor((Number(text.slice(0, -1)) / 100) * all) : Number(text)
  if (text.endsWith('%')) return Math.max(1, wanted)
  return Number.isInteger(wanted) && wanted > 0 ? wanted : all
}

/** The hosts in the order that `order` asks for. */
export function orderHosts(hosts: readonly string[], order: string): string[] {
  switch (order) {
    case 'reverse_inventory':
      return hosts.toReversed()
    case 'sorted':
      return hosts.toSorted()
    case 'reverse_sorted':
      return hosts.toSorted().toReversed()
    case 'shuffle':
      return hosts
        .map((host) => ({ host, at: Math.random() }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ host }) => host)
    default:
      return [...hosts]
  }
}
