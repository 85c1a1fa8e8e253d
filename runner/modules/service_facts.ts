import { services, type Service } from '../resources/services.ts'
import { isRunning, unit, type Unit, type UnitKey } from '../resources/unit.ts'
import { Unknown } from '../variables/unknown.ts'
import type { Dict, Value } from '../variables/value.ts'
import { args } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { unchanged } from './outcome.ts'

export default defineModule({
  name: 'service_facts',
  summary: 'Lists the services with their states, as the fact `services`.',
  looksOnly: true,
  args: args({}),
  plan: (_, planning) => {
    const facts = Object.fromEntries(
      planning.state
        .read(services, '')
        .map((service): [string, Value] => [service.name, { ...service, source: 'systemd' }]),
    )
    const found: Dict = { services: { ...facts, ...foretold(planning) } }
    return unchanged({ ansible_facts: found }, { facts: found, variables: found })
  },
})

/** Services that tasks of this run have touched. */
function foretold({ state }: Planning): Dict {
  const touched: [string, Value][] = []
  for (const { resource, value } of state.predictions()) {
    if (resource.kind !== unit) continue
    const { name, scope = 'system' } = resource.key as UnitKey
    if (scope !== 'system' || !name.endsWith('.service')) continue
    if (value instanceof Unknown) touched.push([name, value])
    else if ((value as Unit).load !== 'not-found') touched.push([name, serviceOf(name, value as Unit)])
  }
  return Object.fromEntries(touched)
}

function serviceOf(name: string, found: Unit): Dict {
  const running = isRunning(found) && found.sub === 'running'
  const state: Service['state'] = running ? 'running' : 'stopped'
  return { name, state, status: found.file, source: 'systemd' }
}
