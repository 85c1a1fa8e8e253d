import type { Evaluation } from '../../expressions/evaluation.ts'
import { Native, UnknownMet, type Item } from '../../expressions/items.ts'
import { LazyDict } from '../../variables/lazy.ts'
import { Secret } from '../../variables/secret.ts'
import { Template } from '../../variables/template.ts'
import { Unknown } from '../../variables/unknown.ts'
import { isDict } from '../../variables/value.ts'

/**
 * Values as a template's JavaScript sees them: dictionaries without a prototype, whose entries are evaluated when
 * read. Reading an unknown stops the rendering; reading a secret gives it in clear and remembers it.
 */
export class View {
  readonly secrets = new Set<string>()
  readonly #evaluation: Evaluation
  readonly #seen = new WeakMap<object, object>()

  constructor(evaluation: Evaluation) {
    this.#evaluation = evaluation
  }

  /** @throws UnknownMet */
  of(item: Item): unknown {
    if (typeof item === 'symbol') return undefined
    if (typeof item !== 'object' || item === null) return item
    if (item instanceof Unknown) throw new UnknownMet(item)
    if (item instanceof Secret) {
      for (const text of item.hidden()) this.secrets.add(text)
      return item.reveal()
    }
    if (item instanceof Template) return this.of(this.#evaluation.settle(item))
    if (item instanceof Native) return this.#evaluation.finish(item)
    let view = this.#seen.get(item)
    if (view === undefined) this.#seen.set(item, (view = this.#container(item)))
    return view
  }

  #container(item: Item): object {
    if (Array.isArray(item)) {
      const list: unknown[] = []
      for (const [index, element] of item.entries()) this.#define(list, String(index), () => element)
      return list
    }
    const view = Object.create(null) as object
    if (item instanceof LazyDict) {
      for (const key of item.keys()) this.#define(view, key, () => item.get(key) ?? null)
    } else if (isDict(item)) {
      for (const key of Object.keys(item)) this.#define(view, key, () => item[key]!)
    }
    return view
  }

  #define(target: object, key: string, read: () => Item): void {
    Object.defineProperty(target, key, { enumerable: true, configurable: true, get: () => this.of(read()) })
  }
}
