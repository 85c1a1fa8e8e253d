/**
 * Compares two versions as dpkg does: negative when `a` is the older.
 *
 * @source https://www.debian.org/doc/debian-policy/ch-controlfields.html#version
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [split(a), split(b)]
  return (
    left.epoch - right.epoch ||
    comparePart(left.upstream, right.upstream) ||
    comparePart(left.revision, right.revision)
  )
}

function split(version: string): { epoch: number; upstream: string; revision: string } {
  const colon = version.indexOf(':')
  const rest = version.slice(colon + 1)
  const dash = rest.lastIndexOf('-')
  return {
    epoch: colon < 0 ? 0 : Number(version.slice(0, colon)),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? '' : rest.slice(dash + 1),
  }
}

// Runs of other characters and runs of digits take turns; the first difference decides.
function comparePart(a: string, b: string): number {
  const pattern = /(\D*)(\d*)/y
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    const left = take(pattern, a, i)
    const right = take(pattern, b, j)
    const difference = compareText(left.text, right.text) || left.number - right.number
    if (difference !== 0) return difference
    i = left.end
    j = right.end
  }
  return 0
}

function take(pattern: RegExp, text: string, at: number) {
  pattern.lastIndex = at
  const match = pattern.exec(text)!
  return { text: match[1]!, number: Number(match[2] || 0), end: at + match[0].length }
}

function compareText(a: string, b: string): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = weight(a[index]) - weight(b[index])
    if (difference !== 0) return difference
  }
  return 0
}

// `~` comes before the end, letters before everything else.
function weight(character: string | undefined): number {
  if (character === '~') return -1
  if (character === undefined) return 0
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256
}
