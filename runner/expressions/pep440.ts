import { Failure } from './items.ts'
import { compareNumbers } from './versions.ts'

const pattern =
  /^\s*v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d+)?)?((?:-(\d+))|(?:[-_.]?(?:post|rev|r)[-_.]?(\d+)?))?(?:[-_.]?(dev)[-_.]?(\d+)?)?(?:\+([a-z\d]+(?:[-_.][a-z\d]+)*))?\s*$/i

const letters: Record<string, string> = { alpha: 'a', beta: 'b', c: 'rc', pre: 'rc', preview: 'rc' }

/** Versions of Python packages. @source https://packaging.python.org/en/latest/specifications/version-specifiers/ */
export function comparePep440(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)]
  return (
    compareNumbers(left.release, right.release) ||
    compareNumbers(left.rank, right.rank) ||
    compareLocal(left.local, right.local)
  )
}

interface Parsed {
  /** Epoch and release. */
  readonly release: number[]
  /** Pre-release, post-release and development release, so that numbers order them. */
  readonly rank: number[]
  readonly local: string[]
}

function parse(version: string): Parsed {
  const match = pattern.exec(version)
  if (match === null) throw new Failure(`'${version}' is no version after PEP 440`)
  const [
    ,
    epoch = '0',
    release = '',
    letter,
    number = '0',
    post,
    postDash,
    postNumber = '0',
    dev,
    devNumber = '0',
    local,
  ] = match
  const pre = letter === undefined ? undefined : (letters[letter.toLowerCase()] ?? letter.toLowerCase())
  const isDevOnly = dev !== undefined && pre === undefined && post === undefined
  return {
    release: [Number(epoch), ...release.split('.').map(Number)],
    rank: [
      isDevOnly ? -1 : pre === undefined ? 9 : ['a', 'b', 'rc'].indexOf(pre),
      Number(number),
      post === undefined ? -1 : Number(postDash ?? postNumber),
      dev === undefined ? Infinity : Number(devNumber),
    ].map((value) => (value === Infinity ? Number.MAX_SAFE_INTEGER : value)),
    local: local?.toLowerCase().split(/[-_.]/) ?? [],
  }
}

function compareLocal(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const [x, y] = [a[index]!, b[index]!]
    const [isNumber, otherIsNumber] = [/^\d+$/.test(x), /^\d+$/.test(y)]
    if (isNumber !== otherIsNumber) return isNumber ? 1 : -1
    if (isNumber && Number(x) !== Number(y)) return Number(x) - Number(y)
    if (!isNumber && x !== y) return x < y ? -1 : 1
  }
  return a.length - b.length
}
