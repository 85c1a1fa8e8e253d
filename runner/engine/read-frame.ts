import { randomBytes } from 'node:crypto'
import { type AnyResource, resourceId, type ResourceKind } from '../resources/resource.ts'
import { joinScripts, type Script, sh } from '../transport/shell.ts'

/** One script that reads many resources, and how to take its answer apart. */
export interface ReadFrame {
  readonly script: Script
  /** What was read, in the order of the values. */
  readonly resources: readonly AnyResource[]
  parse(answer: Buffer): unknown[]
}

/** Builds one frame for all resources, each kind once, duplicates left out. What takes long is read beside the others. */
export function readFrame(wanted: readonly AnyResource[]): ReadFrame {
  const kinds = groupByKind(wanted)
  const slow = kinds.filter(({ kind }) => kind.dear !== undefined)
  const quick = kinds.filter(({ kind }) => kind.dear === undefined)
  const groups = [...quick, ...slow]
  // A fresh marker each time: nothing that is on the host can hold it.
  const marker = randomBytes(16).toString('hex')
  const reads = (some: readonly Group[]) =>
    joinScripts(
      some.map(
        ({ kind, keys }) => sh`( ${kind.read(keys)}
)
printf '%s' ${marker}`,
      ),
    )
  // What the slow ones say waits in the pipe until the others are through.
  const all =
    quick.length > 0 && slow.length > 0
      ? sh`{ ${reads(slow)}
} | { { ${reads(quick)}
} </dev/null; cat; }`
      : reads(groups)
  // Hundreds of short answers travel together.
  const script = sh`{ ${all}
} | dd ibs=4096 obs=65536 2>/dev/null`
  return {
    script,
    resources: groups.flatMap(({ kind, keys }) => keys.map((key) => ({ kind, key }))),
    parse: (answer) => {
      let at = 0
      return groups.flatMap(({ kind, keys }) => {
        const end = answer.indexOf(marker, at, 'latin1')
        if (end < 0) throw new Error(`the host's answer ended early while reading ${kind.name}`)
        const section = answer.subarray(at, end)
        at = end + marker.length
        return kind.parse(section, keys)
      })
    },
  }
}

interface Group {
  readonly kind: ResourceKind<unknown, unknown>
  readonly keys: unknown[]
}

function groupByKind(wanted: readonly AnyResource[]): Group[] {
  const groups = new Map<string, Group>()
  const seen = new Set<string>()
  for (const each of wanted) {
    const id = resourceId(each)
    if (seen.has(id)) continue
    seen.add(id)
    const group = groups.get(each.kind.name)
    if (group) group.keys.push(each.key)
    else groups.set(each.kind.name, { kind: each.kind as ResourceKind<unknown, unknown>, keys: [each.key] })
  }
  return [...groups.values()]
}
