import type { HostRun } from '../engine/host-run.ts'
import type { AnyResource } from '../resources/resource.ts'
import { findKind } from '../resources/table.ts'
import type { Become } from '../transport/session.ts'
import { decode } from './codec.ts'
import { essence, passing } from './essence.ts'
import type { HostPlan, PlannedBecome, Precondition } from './plan.ts'

/**
 * Reads again what a plan went by, one frame for each user, and says what is not as it was.
 *
 * @throws what reading a host throws: `Unreachable`, `BecomeFailed`
 */
export async function outdatedPreconditions(
  host: HostRun,
  { hostKey, preconditions }: HostPlan,
  password: string | undefined,
): Promise<string[]> {
  const found = (await host.connection()).hostKey
  if (found !== hostKey) return [`its host key is ${found ?? 'none'}, and was ${hostKey ?? 'none'}`]
  const outdated: string[] = []
  for (const group of byUser(preconditions)) {
    const wanted: { resource: AnyResource; planned: Precondition }[] = []
    for (const planned of group) {
      const kind = findKind(planned.kind)
      if (kind) wanted.push({ resource: { kind, key: decode(planned.key) }, planned })
      else outdated.push(`${planned.kind} cannot be looked at by this version of the program`)
    }
    await host.read(
      wanted.map(({ resource }) => resource),
      becomeOf(group[0]!.become, password),
    )
    for (const { resource, planned } of wanted) {
      const { kind, key } = resource
      const value: unknown = host.state.observed(kind, key) ?? null
      outdated.push(
        ...differences(
          planned,
          kind.id(key),
          value,
          value === null || passing(kind.name) ? undefined : kind.describe?.(value),
        ),
      )
    }
  }
  return outdated
}

function differences(planned: Precondition, id: string, value: unknown, now: string | undefined): string[] {
  const digests = essence(planned.kind, value, planned.exact)
  const parts = new Set(Object.keys(planned.digests))
  return [...parts].sort().flatMap((part) => {
    if (planned.digests[part] === digests[part]) return []
    if (part !== '') return [`${planned.kind} ${part} is not what it was`]
    const name = `${planned.kind} ${id}`.trim()
    return planned.was === undefined || now === undefined || planned.was === now
      ? [`${name} is not what it was`]
      : [`${name} is ${now}, and was ${planned.was}`]
  })
}

function byUser(preconditions: readonly Precondition[]): Precondition[][] {
  const groups = Map.groupBy(preconditions, ({ become }) => JSON.stringify(become ?? null))
  return [...groups.values()]
}

function becomeOf(become: PlannedBecome | undefined, password: string | undefined): Become | undefined {
  return become && { ...become, method: become.method as Become['method'], password }
}
