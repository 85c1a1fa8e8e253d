import { comparePep440 } from '../../expressions/pep440.ts'
import { normalName } from '../../resources/pip-packages.ts'

/** A Python package as it may be asked for: `name`, `name[extra]`, `name>=1.2,<2`. */
export interface Requirement {
  readonly name: string
  readonly clauses: readonly { readonly operator: string; readonly version: string }[]
}

/** Reads a requirement; undefined for what pip itself must look at: a path, an address, an environment marker. */
export function parseRequirement(text: string): Requirement | undefined {
  const [, name, rest = ''] =
    /^\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(.*?)\s*$/.exec(text) ?? []
  if (name === undefined) return undefined
  const clauses = rest
    .replace(/^\((.*)\)$/, '$1')
    .split(',')
    .map((clause) => /^\s*(===|==|!=|<=|>=|~=|<|>)\s*([\w.+!*-]+)\s*$/.exec(clause))
  if (rest === '') return { name: normalName(name), clauses: [] }
  if (clauses.includes(null)) return undefined
  return {
    name: normalName(name),
    clauses: clauses.map((match) => ({ operator: match![1]!, version: match![2]! })),
  }
}

/** @source https://packaging.python.org/en/latest/specifications/version-specifiers/ */
export function satisfies(installed: string, { clauses }: Requirement): boolean {
  return clauses.every(({ operator, version }) => holds(installed, operator, version))
}

/** The only version that will do, if there is one. */
export function exactVersion({ clauses }: Requirement): string | undefined {
  const [only] = clauses
  return clauses.length === 1 && /^===?$/.test(only!.operator) && !only!.version.includes('*')
    ? only!.version
    : undefined
}

function holds(installed: string, operator: string, version: string): boolean {
  if (operator === '===') return installed === version
  if (version.endsWith('.*')) {
    const prefix = version.slice(0, -2).split('.')
    const begins = prefix.every((part, index) => installed.split('.')[index] === part)
    return begins === (operator === '==')
  }
  const order = comparePep440(installed, version)
  switch (operator) {
    case '==':
      return order === 0
    case '!=':
      return order !== 0
    case '<=':
      return order <= 0
    case '>=':
      return order >= 0
    case '<':
      return order < 0
    case '>':
      return order > 0
    default: {
      const series = `${version.split('.').slice(0, -1).join('.')}.*`
      return order >= 0 && holds(installed, '==', series)
    }
  }
}
