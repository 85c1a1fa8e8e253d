import { isSeq, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml'
import type { Location } from './location.ts'
import { keyName } from './scalars.ts'

/** A file's text and the way from an offset in it to line and column. */
export class SourceText {
  /** As it is shown to people: relative to the working directory where it lies below it. */
  readonly file: string
  readonly text: string
  #lineStarts: number[] | undefined

  constructor(file: string, text: string) {
    this.file = file
    this.text = text
  }

  locate(offset: number): Location {
    const starts = (this.#lineStarts ??= lineStarts(this.text))
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return { file: this.file, line: low + 1, column: offset - starts[low]! + 1 }
  }
}

interface Place {
  readonly source: SourceText
  readonly node: YAMLMap | YAMLSeq
}

const places = new WeakMap<object, Place>()

/** Notes where a dictionary or list was written. */
export function remember(container: object, source: SourceText, node: YAMLMap | YAMLSeq): void {
  places.set(container, { source, node })
}

/**
 * Where a dictionary or list that came from a YAML file was written, or one of its entries: the entry's key or its
 * value. Undefined for what did not come from a file, and for entries that are not there.
 */
export function locate(
  container: object,
  key?: string | number,
  part: 'key' | 'value' = 'value',
): Location | undefined {
  const place = places.get(container)
  if (place === undefined) return undefined
  const { source, node } = place
  if (key === undefined) return source.locate(node.range![0])
  const entry = isSeq(node) ? { key: undefined, value: node.items[Number(key)] } : pairAt(node, String(key))
  const [first, second] = part === 'key' ? [entry?.key, undefined] : [entry?.value, entry?.key]
  const range = rangeOf(first) ?? rangeOf(second)
  return range && source.locate(range[0])
}

function pairAt(node: YAMLMap, key: string): { key: unknown; value: unknown } | undefined {
  return node.items.findLast((pair) => keyName(pair.key as Scalar | null) === key)
}

function rangeOf(node: unknown): readonly [number, ...unknown[]] | undefined {
  return (node as { range?: [number, number, number] } | null | undefined)?.range
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}
