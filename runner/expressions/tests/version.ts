import { asText, text } from '../convert.ts'
import { Failure } from '../items.ts'
import { truthy } from '../python/compare.ts'
import { plain, type Run, type Routines } from '../routine.ts'
import { compareLoose, compareSemantic, compareStrict } from '../versions.ts'
import { comparePep440 } from '../pep440.ts'

const operators: Record<string, (order: number) => boolean> = {
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

const aliases: Record<string, string> = {
  '=': '==',
  eq: '==',
  '<>': '!=',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
}

const comparers: Record<string, (a: string, b: string) => number> = {
  loose: compareLoose,
  strict: compareStrict,
  semver: compareSemantic,
  semantic: compareSemantic,
  pep440: comparePep440,
}

const version: Run = (_, value, other, operator = 'eq', strict = null, type = null) => {
  const [a, b] = [asText(value), asText(other)]
  if (value === null || a === '') throw new Failure('Input version value cannot be empty')
  if (other === null || b === '') throw new Failure('Version parameter to compare against cannot be empty')
  if (strict !== null && type !== null) throw new Failure('takes `strict` or `version_type`, not both')
  const name = text(operator, 'operator')
  const holds = operators[aliases[name] ?? name]
  if (holds === undefined) {
    throw new Failure(
      `there is no operator '${name}'`,
      `use ${[...Object.keys(operators), ...Object.keys(aliases)].join(', ')}`,
    )
  }
  const kind =
    type === null ? (strict !== null && truthy(strict) ? 'strict' : 'loose') : text(type, 'version_type')
  const compare = comparers[kind]
  if (compare === undefined) {
    throw new Failure(`there is no version type '${kind}'`, `use ${Object.keys(comparers).join(', ')}`)
  }
  return holds(compare(a, b))
}

/** Versions. */
export const versionTests: Routines = {
  version: plain('value version operator? strict? version_type?', version),
  version_compare: plain('value version operator? strict? version_type?', version),
}
