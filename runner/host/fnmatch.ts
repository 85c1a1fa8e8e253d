/** Whether a name matches a shell pattern (`*`, `?`, `[abc]`, `[!abc]`), as Python's `fnmatch` decides it. */
export function fnmatch(name: string, pattern: string): boolean {
  const source = pattern.replaceAll(/\[!?[^\]]+\]|[*?]|[\\^$.|+(){}[\]]/g, (token) => {
    if (token === '*') return '[^]*'
    if (token === '?') return '[^]'
    if (token.length > 1) return `[${token.slice(1, -1).replace(/^!/, '^').replaceAll('\\', '\\\\')}]`
    return `\\${token}`
  })
  return new RegExp(`^${source}$`).test(name)
}
