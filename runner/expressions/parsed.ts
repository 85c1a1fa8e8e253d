import type { Node, Part } from './grammar/nodes.ts'
import { parseExpression } from './grammar/parser.ts'
import { parseTemplate, type Syntax } from './grammar/template.ts'

interface Parsed {
  readonly parts: Part[]
  /** Set when the text is exactly one `{{ … }}`, whose value keeps its type. */
  readonly single: Node | undefined
}

const limit = 20_000
const templates = new Map<Syntax, Map<string, Parsed>>()
const expressions = { raw: new Map<string, Node>(), condition: new Map<string, Node>() }

/** A template's text, parsed once. @throws SyntaxFailure */
export function parsed(source: string, syntax: Syntax): Parsed {
  let cache = templates.get(syntax)
  if (cache === undefined) templates.set(syntax, (cache = new Map()))
  return cached(cache, source, () => {
    const parts = parseTemplate(source, syntax)
    const [first] = parts
    return { parts, single: parts.length === 1 && first?.kind === 'print' ? first.expression : undefined }
  })
}

/** The text of a condition, in which Python's escapes count and `{{ … }}` may stand for its content. */
export function parsedCondition(source: string): Node {
  return cached(expressions.condition, source, () => parseExpression(source, false, true))
}

/** The text of an expression as it would stand between `{{` and `}}`. */
export function parsedExpression(source: string): Node {
  return cached(expressions.raw, source, () => parseExpression(source, true, false))
}

function cached<T>(cache: Map<string, T>, key: string, make: () => T): T {
  let value = cache.get(key)
  if (value === undefined) {
    if (cache.size >= limit) cache.clear()
    value = make()
    cache.set(key, value)
  }
  return value
}
