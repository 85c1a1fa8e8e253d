import type { Frame } from './frame.ts'
import { Undefined, otherwise, type Item } from './items.ts'
import { element } from './members.ts'
import { str } from './python/text.ts'

/** Reads what filters call an attribute: `a.b.0`, or a number. */
export function attributeReader(path: Item, frame: Frame, fallback?: Item): (item: Item) => Item {
  const parts = typeof path === 'number' ? [path] : str(path).split('.').map(asIndex)
  return (item) => {
    let value: Item = item
    for (const part of parts) {
      const next = element(value, part, frame)
      if (next === undefined)
        return otherwise(
          fallback,
          () => new Undefined(`'${str(path)}' is undefined: ${describe(value, part)}`),
        )
      value = next
    }
    return frame.evaluation.settle(value)
  }
}

/** As `attributeReader`; what is not there is an error. */
export function requiredAttribute(path: Item, frame: Frame, fallback?: Item): (item: Item) => Item {
  const read = attributeReader(path, frame, fallback)
  return (item) => {
    const value = read(item)
    if (value instanceof Undefined) throw value.fail()
    return value
  }
}

function asIndex(part: string): string | number {
  return /^\d+$/.test(part) ? Number(part) : part
}

function describe(value: Item, part: string | number): string {
  return `an element has no '${part}'${Array.isArray(value) ? ' (it is a list)' : ''}`
}
