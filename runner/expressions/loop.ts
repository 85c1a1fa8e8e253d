import { Bag, Callable, Failure, type Item } from './items.ts'
import { equals } from './python/compare.ts'

/** `loop` inside a `{% for %}`. */
export class Loop extends Bag {
  readonly type = 'loop'
  index0 = 0
  readonly #items: readonly Item[]
  readonly #depth: number
  readonly #again: (children: Item) => Item
  #last: Item[] | undefined

  constructor(items: readonly Item[], depth: number, again: (children: Item) => Item) {
    super()
    this.#items = items
    this.#depth = depth
    this.#again = again
  }

  get(name: string): Item | undefined {
    const { index0 } = this
    const { length } = this.#items
    switch (name) {
      case 'index':
        return index0 + 1
      case 'index0':
        return index0
      case 'revindex':
        return length - index0
      case 'revindex0':
        return length - index0 - 1
      case 'first':
        return index0 === 0
      case 'last':
        return index0 === length - 1
      case 'length':
        return length
      case 'depth':
        return this.#depth + 1
      case 'depth0':
        return this.#depth
      case 'previtem':
        return this.#items[index0 - 1]
      case 'nextitem':
        return this.#items[index0 + 1]
      case 'cycle':
        return new Callable('loop.cycle', (args) => {
          if (args.length === 0) throw new Failure('no items to cycle through')
          return args[index0 % args.length]!
        })
      case 'changed':
        return new Callable('loop.changed', (args) => {
          const last = this.#last
          this.#last = args
          return last === undefined || !equals(last as Item, args as Item)
        })
      case '()':
        return new Callable('loop', ([children]) => this.#again(children ?? null))
      default:
        return undefined
    }
  }
}
