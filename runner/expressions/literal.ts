import type { Value } from '../variables/value.ts'
import { SyntaxFailure } from './grammar/lexer.ts'
import type { Node } from './grammar/nodes.ts'
import { parseExpression } from './grammar/parser.ts'
import { str } from './python/text.ts'

/**
 * What a text means as a literal of Python or JSON: a list or dictionary of texts, numbers and truth values.
 * Undefined when it is anything else; nothing is evaluated.
 */
export function literalValue(source: string): Value | undefined {
  let node: Node
  try {
    node = parseExpression(source.trim(), false, false)
  } catch (error) {
    if (error instanceof SyntaxFailure) return undefined
    throw error
  }
  return valueOf(node)
}

function valueOf(node: Node): Value | undefined {
  switch (node.kind) {
    case 'constant':
    case 'float':
      return node.value
    case 'name':
      return node.name === 'null' ? null : undefined
    case 'sign': {
      const value = valueOf(node.operand)
      if (typeof value !== 'number') return undefined
      return node.negative ? -value : value
    }
    case 'list':
    case 'tuple':
      return all(node.items)
    case 'dict': {
      const keys = all(node.entries.map(([key]) => key))
      const values = all(node.entries.map(([, value]) => value))
      if (keys === undefined || values === undefined) return undefined
      return Object.fromEntries(keys.map((key, index): [string, Value] => [str(key), values[index]!]))
    }
    default:
      return undefined
  }
}

function all(nodes: readonly Node[]): Value[] | undefined {
  const values: Value[] = []
  for (const node of nodes) {
    const value = valueOf(node)
    if (value === undefined) return undefined
    values.push(value)
  }
  return values
}
