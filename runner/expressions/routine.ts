import { Secret } from '../variables/secret.ts'
import { Unknown, mergeUnknown } from '../variables/unknown.ts'
import type { Frame } from './frame.ts'
import { Failure, NoElse, Undefined, type Item } from './items.ts'
import { lift, unlessUnknown } from './marks.ts'

/**
 * A filter, test, lookup, method or global function.
 *
 * - `plain` ones see ordinary values; an unknown or a secret anywhere in their arguments marks the whole result.
 * - `keep` ones pass list and dictionary elements through, so each keeps its own mark.
 * - `raw` ones get their arguments as they are: undefined, unknown, secret, unevaluated.
 */
export interface Routine {
  readonly mode: 'plain' | 'keep' | 'raw'
  /** `value old new count?`, with `?` behind what may be left out, `*rest` and `**named`. */
  readonly signature: string
  readonly run: Run
}

export type Run = (frame: Frame, ...args: Item[]) => Item
export type Routines = Readonly<Record<string, Routine>>
export type Named = Readonly<Record<string, Item>>

export function plain(signature: string, run: Run): Routine {
  return { mode: 'plain', signature, run }
}

export function keep(signature: string, run: Run): Routine {
  return { mode: 'keep', signature, run }
}

export function raw(signature: string, run: Run): Routine {
  return { mode: 'raw', signature, run }
}

/** Calls a routine as its mode asks. @throws Failure when the arguments do not fit its signature. */
export function invoke(routine: Routine, args: readonly Item[], named: Named, frame: Frame): Item {
  if (routine.mode === 'raw') return unlessUnknown(() => routine.run(frame, ...bind(routine, args, named)))
  const names = Object.keys(named)
  const given = [...args, ...names.map((name) => named[name]!)].map((item): Item => {
    return item instanceof NoElse ? '' : frame.evaluation.settle(item)
  })
  // As in Ansible: what is made of something undefined is undefined, for `default` to accept or not.
  const missing = given.find((item) => item instanceof Undefined)
  if (missing !== undefined) return missing
  const call = (...values: Item[]) => {
    const rest = Object.fromEntries<Item>(names.map((name, index) => [name, values[args.length + index]!]))
    const bound = bind(routine, values.slice(0, args.length), rest)
    return unlessUnknown(() => routine.run(frame, ...bound))
  }
  if (routine.mode === 'plain' || given.some((item) => item instanceof Secret)) return lift(given, call)
  const unknowns = given.filter((item) => item instanceof Unknown)
  return unknowns.length > 0 ? mergeUnknown(unknowns) : call(...given)
}

interface Parameter {
  readonly name: string
  readonly optional: boolean
  readonly kind: 'one' | 'rest' | 'named'
}

const signatures = new Map<string, readonly Parameter[]>()

function parametersOf(signature: string): readonly Parameter[] {
  let parameters = signatures.get(signature)
  if (parameters === undefined) {
    parameters = signature.split(' ').flatMap((word): Parameter[] => {
      if (word === '') return []
      if (word.startsWith('**')) return [{ name: word.slice(2), optional: true, kind: 'named' }]
      if (word.startsWith('*')) return [{ name: word.slice(1), optional: true, kind: 'rest' }]
      const optional = word.endsWith('?')
      return [{ name: optional ? word.slice(0, -1) : word, optional, kind: 'one' }]
    })
    signatures.set(signature, parameters)
  }
  return parameters
}

/** Positional and named arguments in the order of the signature; what is left out is undefined. */
function bind({ signature }: Routine, args: readonly Item[], named: Named): Item[] {
  const parameters = parametersOf(signature)
  const left = new Map(Object.entries(named))
  let used = 0
  const bound = parameters.map(({ name, optional, kind }): Item | undefined => {
    if (kind === 'rest') {
      const rest = args.slice(used)
      used = args.length
      return rest as Item
    }
    if (kind === 'named') {
      const rest = Object.fromEntries(left)
      left.clear()
      return rest as Item
    }
    if (used < args.length) return args[used++]
    const value = left.get(name)
    if (value === undefined && !optional) throw new Failure(`the argument '${name}' is missing`)
    left.delete(name)
    return value
  })
  if (used < args.length) throw new Failure(`got ${args.length} arguments, takes ${parameters.length}`)
  const [extra] = left.keys()
  if (extra !== undefined) {
    const twice = parameters.some(({ name }) => name === extra)
    throw new Failure(twice ? `the argument '${extra}' is given twice` : `has no argument '${extra}'`)
  }
  return bound as Item[]
}
