import type { Value } from '../variables/value.ts'
import type { Frame } from './frame.ts'
import type { Node, Parameter } from './grammar/nodes.ts'
import { Failure, Undefined, otherwise, tuple, type Item } from './items.ts'
import type { Named } from './routine.ts'

/** Puts a macro's arguments into its local names: parameters, `varargs`, `kwargs` and `caller`. */
export function bindMacro(
  name: string,
  parameters: readonly Parameter[],
  args: readonly Item[],
  named: Named,
  frame: Frame,
  run: (node: Node) => Item,
): void {
  const { values } = frame.locals!
  const left = new Map(Object.entries(named))
  for (const [index, { name: parameter, fallback }] of parameters.entries()) {
    const given = index < args.length ? args[index] : left.get(parameter)
    if (index < args.length && left.has(parameter)) {
      throw new Failure(`${name}(): the argument '${parameter}' is given twice`)
    }
    left.delete(parameter)
    values.set(
      parameter,
      otherwise(given, () =>
        fallback === undefined
          ? new Undefined(`${name}(): the argument '${parameter}' was not given`)
          : run(fallback),
      ),
    )
  }
  const caller = left.get('caller')
  if (caller !== undefined) {
    values.set('caller', caller)
    left.delete('caller')
  }
  values.set('varargs', tuple(args.slice(parameters.length)))
  values.set('kwargs', Object.fromEntries(left) as Value)
}
