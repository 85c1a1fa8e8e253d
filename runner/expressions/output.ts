import { Secret } from '../variables/secret.ts'
import { mergeUnknown, type Unknown } from '../variables/unknown.ts'
import type { Item } from './items.ts'
import { marksOf, reveal } from './marks.ts'
import { printed } from './python/text.ts'

/** What a template has printed so far, with the unknowns that stand in it and the secrets that it shows. */
export class Output {
  readonly unknowns: Unknown[] = []
  readonly secrets = new Set<string>()
  readonly #pieces: Item[] = []

  write(text: string): void {
    if (text !== '') this.#pieces.push(text)
  }

  print(item: Item): void {
    if (typeof item === 'string') {
      this.#pieces.push(item)
      return
    }
    const { unknowns, secrets } = marksOf([item])
    this.unknowns.push(...unknowns)
    if (secrets.length > 0) for (const text of secretTexts(item)) this.secrets.add(text)
    this.#pieces.push(item)
  }

  /** The text; a lone value that was printed keeps its type. */
  item(): Item {
    const [only] = this.#pieces
    return this.#pieces.length === 1 && only !== undefined ? only : this.textItem()
  }

  /** The text: unknown when something unknown stands in it, secret when a secret does. */
  textItem(): Item {
    if (this.unknowns.length > 0) return mergeUnknown(this.unknowns)
    return this.secrets.size > 0 ? new Secret(this.text(), [...this.secrets]) : this.text()
  }

  /** The text with its secrets in clear. There must be no unknowns. */
  text(): string {
    return this.#pieces.map((piece) => (typeof piece === 'string' ? piece : printed(reveal(piece)))).join('')
  }
}

function secretTexts(item: Item): string[] {
  if (item instanceof Secret) return [...item.hidden()]
  if (Array.isArray(item)) return item.flatMap(secretTexts)
  if (typeof item === 'object' && item !== null)
    return Object.values(item as Record<string, Item>).flatMap(secretTexts)
  return []
}
