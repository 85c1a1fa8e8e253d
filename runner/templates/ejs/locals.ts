import type { Evaluation } from '../../expressions/evaluation.ts'
import { Undefined } from '../../expressions/items.ts'
import { EjsFailure } from './failure.ts'
import type { View } from './view.ts'

export interface LocalsOptions {
  readonly evaluation: Evaluation
  readonly view: View
  readonly extra: Readonly<Record<string, unknown>>
  readonly include: (name: unknown, data: unknown) => string
  readonly source: string
}

/** What of JavaScript's global names a template may use. */
const builtins = new Set(
  (
    'undefined NaN Infinity JSON Math Object Array String Number Boolean BigInt Date RegExp Map Set Symbol Intl ' +
    'Error TypeError RangeError parseInt parseFloat isNaN isFinite ' +
    'encodeURIComponent decodeURIComponent encodeURI decodeURI'
  ).split(' '),
)

/** The names of the code that EJS writes around a template. */
const internals = new Set(['escapeFn', 'rethrow'])

/**
 * The object that EJS puts its `with` around: every bare name of the template is asked of it, so a missing one can
 * be reported. `locals.name` is the lenient way to ask: it is undefined when there is no such variable.
 */
export function templateLocals(options: LocalsOptions): object {
  const { evaluation, view, extra, include } = options
  const declared = declaredNames(options.source)
  const lookup = (name: string): unknown => {
    if (Object.hasOwn(extra, name)) return extra[name]
    const item = evaluation.variable(name)
    return item === undefined ? missing : item instanceof Undefined ? item : view.of(item)
  }
  const lenient = new Proxy(Object.create(null) as object, {
    get: (_, name) => {
      if (typeof name !== 'string') return undefined
      const value = lookup(name)
      return value === missing || value instanceof Undefined ? undefined : value
    },
    has: (_, name) => typeof name === 'string' && lookup(name) !== missing,
    set: refuse,
  })
  return new Proxy(Object.create(null) as object, {
    has: (_, name) => {
      if (typeof name !== 'string' || internals.has(name) || name.startsWith('__') || declared.has(name))
        return false
      return !builtins.has(name) || Object.hasOwn(extra, name)
    },
    get: (_, name) => {
      if (typeof name !== 'string') return undefined
      if (name === 'include') return include
      if (name === 'locals') return lenient
      const value = lookup(name)
      if (value instanceof Undefined) throw value.fail()
      if (value !== missing) return value
      const hint = evaluation.suggest(name, undefined)
      throw new EjsFailure(
        `'${name}' is undefined`,
        hint ?? `ask with \`locals.${name}\` if it may be missing`,
        name,
        true,
      )
    },
    set: refuse,
  })
}

const missing = Symbol('missing')

function refuse(_: object, name: string | symbol): never {
  throw new EjsFailure(
    `'${String(name)}' cannot be assigned to`,
    `declare it: \`const ${String(name)} = …\``,
    String(name),
  )
}

/** Names that `var` and `function` hoist out of the `with`. */
function declaredNames(source: string): ReadonlySet<string> {
  return new Set(Array.from(source.matchAll(/\b(?:var|function)\s+([\w$]+)/g), ([, name]) => name!))
}
