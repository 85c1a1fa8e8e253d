/**
 * A shell pattern over names as a regular expression for the whole name: `*`, `?`, `[abc]`, `[a-z]`, `[!abc]`.
 * Nothing else is special: no braces, and `*` matches dots and slashes too (as Python's fnmatch, which Ansible uses).
 */
export function globExpression(glob: string): RegExp {
  let source = ''
  for (let at = 0; at < glob.length; at += 1) {
    const character = glob[at]!
    if (character === '*') source += '.*'
    else if (character === '?') source += '.'
    else if (character === '[') {
      const end = closingBracket(glob, at)
      if (end === -1) source += '\\['
      else {
        source += characterClass(glob.slice(at + 1, end))
        at = end
      }
    } else source += character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')
  }
  return new RegExp(`^${source}$`, 's')
}

/** A `]` that comes first in a class stands for itself. */
function closingBracket(glob: string, open: number): number {
  const first = glob[open + 1] === '!' ? open + 2 : open + 1
  return glob.indexOf(']', first + 1)
}

function characterClass(content: string): string {
  const negated = content.startsWith('!')
  const members = (negated ? content.slice(1) : content).replace(/[\\^[\]]/g, '\\$&')
  return `[${negated ? '^' : ''}${members}]`
}
