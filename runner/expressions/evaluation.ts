import { sourceError } from '../source/diagnostic.ts'
import type { Location } from '../source/location.ts'
import type { Scope } from '../variables/scope.ts'
import { LazyDict } from '../variables/lazy.ts'
import { Secret } from '../variables/secret.ts'
import { Template } from '../variables/template.ts'
import { isDict, type Value } from '../variables/value.ts'
import { UndefinedVariable, type Origin } from './errors.ts'
import { Frame, type Locals } from './frame.ts'
import { yamlSyntax } from './grammar/template.ts'
import { need, run } from './interpret.ts'
import {
  Bag,
  Callable,
  Float,
  Native,
  NoElse,
  Undefined,
  UnknownMet,
  isTuple,
  tuple,
  type Item,
} from './items.ts'
import { parsed } from './parsed.ts'
import { placed } from './placed.ts'
import { DateTime, TimeDelta } from './python/datetime.ts'
import { didYouMean } from './nearest.ts'
import { renderParts } from './render.ts'
import { invoke, type Named, type Routine } from './routine.ts'

const depthLimit = 120
let depth = 0

/**
 * One evaluation in one scope. What a variable's template gives is remembered for as long as it lasts, so that a
 * variable that many others mention is worked out once.
 */
export class Evaluation {
  readonly scope: Scope
  readonly #results = new Map<Template, Item>()
  readonly #active: { template: Template; name: string | undefined }[] = []

  constructor(scope: Scope) {
    this.scope = scope
  }

  /** A variable, evaluated but for what is in it; undefined when no layer has it. */
  variable(name: string): Item | undefined {
    const value = this.scope.get(name)
    if (value instanceof Template) return this.template(value, name)
    if (value === undefined && name === 'vars') return this.#vars()
    return value
  }

  /** The value, or what its template gives; its elements may still be templates. */
  resolve(item: Item): Item {
    return item instanceof Template ? this.template(item) : item
  }

  /** What a template gives. Undefined when it mentions something undefined, for whoever reads it to accept or not. */
  template(template: Template, name?: string): Item {
    const known = this.#results.get(template)
    if (known !== undefined) return known
    this.#enter(template, name)
    try {
      const result = this.#evaluate(template)
      if (!(result instanceof Undefined)) this.#results.set(template, result)
      return result
    } catch (error) {
      if (error instanceof UndefinedVariable) {
        const { message, hint } = error.diagnostics[0]!
        return new Undefined(message, () => hint, error)
      }
      throw error
    } finally {
      depth--
      this.#active.pop()
    }
  }

  /** The value with every template in it evaluated. */
  settle(item: Item): Item {
    if (typeof item !== 'object' || item === null) return item
    if (item instanceof Template) {
      const result = this.template(item)
      if (result instanceof Undefined) throw result.fail()
      return this.settle(result)
    }
    if (Array.isArray(item)) {
      let changed: Item[] | undefined
      for (let index = 0; index < item.length; index++) {
        const before = item[index]!
        const after = this.settle(before)
        if (after !== before) (changed ??= item.slice())[index] = after
      }
      if (changed === undefined) return item
      return isTuple(item) ? tuple(changed) : (changed as Value[])
    }
    if (isDict(item)) {
      let changed: Map<string, Item> | undefined
      for (const key of Object.keys(item)) {
        const before = item[key]!
        const after = this.settle(before)
        if (after !== before) (changed ??= new Map<string, Item>(Object.entries(item))).set(key, after)
      }
      return changed === undefined ? item : (Object.fromEntries(changed) as Value)
    }
    return item
  }

  /**
   * The value as the rest of the program knows values: every template evaluated, and free of what only expressions
   * know. `location` is where a value that is none is reported.
   */
  finish(item: Item, location?: Location): Value {
    if (typeof item !== 'object' || item === null) return item
    if (item instanceof Template) return this.finish(this.template(item), item.location)
    if (item instanceof Native) return toValue(item, location)
    if (Array.isArray(item)) {
      let changed: Value[] | undefined
      for (let index = 0; index < item.length; index++) {
        const value = this.finish(item[index]!, location)
        if (value !== item[index]) (changed ??= item.slice())[index] = value
      }
      return changed ?? item
    }
    if (isDict(item)) {
      let changed: Map<string, Value> | undefined
      for (const key of Object.keys(item)) {
        const value = this.finish(item[key]!, location)
        if (value !== item[key]) (changed ??= new Map<string, Value>(Object.entries(item))).set(key, value)
      }
      return changed === undefined ? item : Object.fromEntries(changed)
    }
    return item
  }

  /** Runs a step over author's text and gives every error its place in it. */
  within(origin: Origin, locals: Locals | undefined, step: (frame: Frame) => Item): Item {
    const frame = new Frame(this, { origin, at: 0 }, locals)
    try {
      return step(frame)
    } catch (error) {
      if (error instanceof UnknownMet) return error.unknown
      throw placed(error, frame.spot)
    }
  }

  /** Calls a filter, test or function from inside another. */
  call(routine: Routine, args: readonly Item[], named: Named, frame: Frame): Item {
    return invoke(routine, args, named, frame)
  }

  #evaluate(template: Template): Item {
    return this.within(template, undefined, (frame) => {
      const { single, parts } = parsed(template.source, yamlSyntax)
      if (single !== undefined) {
        const item = run(single, frame)
        if (item instanceof Undefined) return need(item, single, frame)
        return endedAs(template, item)
      }
      return endedAs(template, renderParts(parts, frame))
    })
  }

  #enter(template: Template, name: string | undefined): void {
    const start = this.#active.findIndex((entry) => entry.template === template)
    if (start !== -1) {
      const chain = [...this.#active.slice(start), { template, name }]
        .map((entry) => entry.name ?? entry.template.source)
        .join(' → ')
      throw sourceError(
        `recursive loop detected: ${chain}`,
        template.location,
        'a variable cannot be made of itself',
      )
    }
    if (depth >= depthLimit) {
      throw sourceError(
        'variables refer to each other too deeply',
        template.location,
        'look for a loop among them',
      )
    }
    depth++
    this.#active.push({ template, name })
  }

  /** `vars`: every variable by its name. */
  #vars(): LazyDict {
    return new LazyDict(
      (name) => {
        const item = this.variable(name)
        if (item === undefined) return undefined
        if (item instanceof Undefined) throw item.fail()
        return this.finish(item)
      },
      () => this.scope.names(),
    )
  }

  /** The names that are visible, for suggestions. */
  suggest(name: string, locals: Locals | undefined): string | undefined {
    // Nobody reads what a guess complains of.
    if (this.scope.surroundings.speculative) return undefined
    const known = new Set(this.scope.names())
    for (let level = locals; level !== undefined; level = level.parent) {
      for (const local of level.values.keys()) known.add(local)
    }
    return didYouMean(name, known)
  }
}

function toValue(item: Native, location: Location | undefined): Value {
  if (item instanceof Float) return item.value
  if (item instanceof DateTime || item instanceof TimeDelta) return item.toString()
  if (item instanceof NoElse) return ''
  if (item instanceof Undefined) throw item.cause ?? undefinedAt(item, location)
  if (item instanceof Bag && item.text() !== undefined) return item.text()!
  const name = item instanceof Callable ? item.name : item.type
  throw sourceError(`'${name}' is a ${item.type}, not a value`, location)
}

// Values written in YAML keep the newline that Jinja drops at the end of a file.
function endedAs({ source }: Template, item: Item): Item {
  if (!source.endsWith('\n')) return item
  if (item instanceof Secret && typeof item.reveal() === 'string')
    return new Secret(`${item.reveal()}\n`, item.hidden())
  return typeof item === 'string' ? `${item}\n` : item
}

function undefinedAt({ message, hint }: Undefined, location: Location | undefined): UndefinedVariable {
  return new UndefinedVariable({ severity: 'error', message, location, hint: hint?.() })
}
