import { Unknown } from '../../variables/unknown.ts'
import type { Text } from './text.ts'

/** The value of `$((…))` with whole numbers, `+ - * / %` and comparisons; unknown for what goes beyond. */
export function arithmetic(expression: string, variables: { get(name: string): Text | undefined }): Text {
  const tokens = expression.match(/\d+|[A-Za-z_]\w*|[<>=!]=|[-+*/%()<>]|\S/g) ?? []
  const beyond = new Unknown({ what: `the arithmetic ${expression.trim()}` })
  let at = 0
  const primary = (): number => {
    const token = tokens[at++]
    if (token === '(') {
      const value = level(0)
      at++
      return value
    }
    if (token === '-') return -primary()
    if (token !== undefined && /^\d+$/.test(token))
      return Number.parseInt(token, token.startsWith('0') ? 8 : 10)
    if (token !== undefined && /^\w+$/.test(token)) {
      const value = variables.get(token)
      if (value instanceof Unknown) throw value
      return Number(value || 0)
    }
    throw beyond
  }
  const level = (index: number): number => {
    const operators = LEVELS[index]
    if (!operators) return primary()
    let left = level(index + 1)
    while (tokens[at] !== undefined && Object.hasOwn(operators, tokens[at]!)) {
      const operator = operators[tokens[at++]!]!
      left = operator(left, level(index + 1))
    }
    return left
  }
  try {
    const value = level(0)
    return at === tokens.length && Number.isFinite(value) ? String(Math.trunc(value)) : beyond
  } catch (error) {
    if (error instanceof Unknown) return error
    throw error
  }
}

const LEVELS: readonly Readonly<Record<string, (left: number, right: number) => number>>[] = [
  { '==': (a, b) => Number(a === b), '!=': (a, b) => Number(a !== b) },
  {
    '<': (a, b) => Number(a < b),
    '>': (a, b) => Number(a > b),
    '<=': (a, b) => Number(a <= b),
    '>=': (a, b) => Number(a >= b),
  },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => Math.trunc(a / b), '%': (a, b) => a % b },
]
