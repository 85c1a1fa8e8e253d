/** A variable that an EJS template prints. */
export interface EjsName {
  readonly name: string
  readonly line: number
  readonly column: number
}

/** What JavaScript and the template engine bring along. */
const BUILT_IN = new Set([
  ...Object.getOwnPropertyNames(globalThis),
  'include',
  'lookup',
  'query',
  'true',
  'false',
  'null',
  'undefined',
  'typeof',
  'new',
  'await',
  'this',
])

/**
 * The variables that a template's `<%= … %>` begin with and that the template does not make itself. This reads no
 * JavaScript, so it says less than there is, and nothing of what it is not sure of.
 */
export function ejsNames(source: string): EjsName[] {
  const found = new Map<string, EjsName>()
  for (const match of source.matchAll(/<%=\s*([A-Za-z_$][\w$]*)(?!\s*=>)/g)) {
    const name = match[1]!
    if (found.has(name) || BUILT_IN.has(name) || isDeclared(source, name)) continue
    const at = match.index + match[0].length - name.length
    const line = source.slice(0, at).split('\n').length
    found.set(name, { name, line, column: at - source.lastIndexOf('\n', at - 1) })
  }
  return [...found.values()]
}

/** Whether the template makes the name itself: a declaration, a parameter, a destructuring. */
function isDeclared(source: string, name: string): boolean {
  const word = String.raw`(?<![\w$.])${name.replaceAll('$', String.raw`\$`)}(?![\w$])`
  return [
    String.raw`(?:const|let|var|function|class)\s+${word}`,
    String.raw`(?:const|let|var)\s*[{\[][^=]*${word}[^=]*[}\]]\s*(?:=|of|in)`,
    String.raw`${word}\s*=(?!=)`,
    String.raw`\([^()]*${word}[^()]*\)\s*(?:=>|\{)`,
    String.raw`include\([^)]*\{[^}]*${word}\s*:`,
  ].some((pattern) => new RegExp(pattern, 's').test(source))
}
