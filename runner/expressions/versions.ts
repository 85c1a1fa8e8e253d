import { Failure } from './items.ts'

/** distutils' LooseVersion: numbers as numbers, words as words, from left to right. */
export function compareLoose(a: string, b: string): number {
  const [left, right] = [looseParts(a), looseParts(b)]
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const [x, y] = [left[index]!, right[index]!]
    if (x === y) continue
    if (typeof x !== typeof y) {
      throw new Failure(
        `cannot compare the versions '${a}' and '${b}': '${x}' with '${y}'`,
        "say how they are written: `version_type='semver'` or `'pep440'`",
      )
    }
    return x < y ? -1 : 1
  }
  return left.length - right.length
}

function looseParts(version: string): (number | string)[] {
  return version
    .split(/(\d+|[a-z]+|\.)/)
    .filter((part) => part !== '' && part !== '.')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}

/** distutils' StrictVersion: `1.2`, `1.2.3`, `1.2a1`. */
export function compareStrict(a: string, b: string): number {
  const [left, right] = [strictParts(a), strictParts(b)]
  return compareNumbers(left.numbers, right.numbers) || comparePre(left.pre, right.pre)
}

function strictParts(version: string): { numbers: number[]; pre: [string, number] | undefined } {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?(?:([ab])(\d+))?$/.exec(version)
  if (match === null)
    throw new Failure(`'${version}' is no strict version`, 'it must look like 1.2, 1.2.3 or 1.2a1')
  const [, major, minor, patch = '0', letter, number] = match
  return {
    numbers: [Number(major), Number(minor), Number(patch)],
    pre: letter === undefined ? undefined : [letter, Number(number)],
  }
}

function comparePre(a: [string, number] | undefined, b: [string, number] | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  return a[0] === b[0] ? a[1] - b[1] : a[0] < b[0] ? -1 : 1
}

/** @source https://semver.org/#spec-item-11 */
export function compareSemantic(a: string, b: string): number {
  const [left, right] = [semanticParts(a), semanticParts(b)]
  const core = compareNumbers(left.core, right.core)
  if (core !== 0) return core
  if (left.pre.length === 0 || right.pre.length === 0) {
    return Number(left.pre.length === 0) - Number(right.pre.length === 0)
  }
  for (let index = 0; index < Math.min(left.pre.length, right.pre.length); index++) {
    const order = compareIdentifiers(left.pre[index]!, right.pre[index]!)
    if (order !== 0) return order
  }
  return left.pre.length - right.pre.length
}

function semanticParts(version: string): { core: number[]; pre: string[] } {
  const match = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([\dA-Za-z-.]+))?(?:\+[\dA-Za-z-.]+)?$/.exec(
    version,
  )
  if (match === null) throw new Failure(`'${version}' is no semantic version`, 'it must look like 1.2.3')
  return { core: match.slice(1, 4).map(Number), pre: match[4]?.split('.') ?? [] }
}

function compareIdentifiers(a: string, b: string): number {
  const [x, y] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (x && y) return Number(a) - Number(b)
  if (x !== y) return x ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}

export function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const order = (a[index] ?? 0) - (b[index] ?? 0)
    if (order !== 0) return order
  }
  return 0
}
