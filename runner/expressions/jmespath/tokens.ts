import { Failure } from '../items.ts'

export interface Token {
  /** A punctuation as it is, or `name`, `quoted`, `literal`, `number`, `end`. */
  readonly type: string
  readonly text: string
  readonly at: number
  readonly value?: unknown
}

const pattern =
  /\s*(?:([A-Za-z_]\w*)|("(?:[^"\\]|\\.)*")|('(?:[^'\\]|\\.)*')|(`(?:[^`\\]|\\.)*`)|(-?\d+)|(\[\?|\[\]|\|\||&&|==|!=|<=|>=|[.*@!&(){}[\]|,:<>]))/y

/** @throws Failure */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (source.slice(at).trim() !== '') {
    pattern.lastIndex = at
    const match = pattern.exec(source)
    if (match === null)
      throw new Failure(`'${source}' is no JMESPath: unexpected '${source.slice(at).trim()[0]}'`)
    const [whole, name, quoted, raw, literal, number, punctuation] = match
    const text = whole.trim()
    const push = (type: string, value?: unknown) =>
      tokens.push({ type, text, at: at + whole.length - text.length, value })
    if (name !== undefined) push('name', name)
    else if (quoted !== undefined) push('quoted', JSON.parse(quoted))
    else if (raw !== undefined) push('literal', raw.slice(1, -1).replaceAll("\\'", "'"))
    else if (literal !== undefined) push('literal', parseLiteral(literal.slice(1, -1).replaceAll('\\`', '`')))
    else if (number !== undefined) push('number', Number(number))
    else push(punctuation!)
    at += whole.length
  }
  tokens.push({ type: 'end', text: '', at: source.length })
  return tokens
}

/** JSON between backticks; words without quotes count as text, as they did once. */
function parseLiteral(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text.trim()
  }
}
