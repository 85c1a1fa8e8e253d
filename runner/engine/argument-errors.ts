import { asList, type Dict, isDict, own, type Value } from '../variables/value.ts'
import { Secret } from '../variables/secret.ts'
import { textOf } from '../variables/text.ts'

/**
 * What is wrong with arguments by a specification as roles have it, in the words that scripts know from Ansible: what
 * is missing in one line, then types, choices and what stands below options that are dictionaries.
 *
 * @param options the `options` of an entry point
 * @source https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_reuse_roles.html#role-argument-validation
 */
export function argumentErrors(options: Dict, given: Dict, context: readonly string[] = []): string[] {
  const specs = Object.entries(options).map(([name, spec]) => [name, isDict(spec) ? spec : {}] as const)
  const values = withAliases(specs, given)
  const missing = specs
    .filter(
      ([name, spec]) =>
        own(spec, 'required') === true && own(spec, 'default') === undefined && !values.has(name),
    )
    .map(([name]) => name)
  const errors: string[] = []
  if (missing.length > 0) {
    const where = context.length > 0 ? ` found in ${context.join(' -> ')}` : ''
    errors.push(`missing required arguments: ${missing.sort().join(', ')}${where}`)
  }
  for (const [name, spec] of specs) {
    const value = values.get(name)
    if (value === undefined || (value === null && own(spec, 'required') !== true)) continue
    errors.push(...valueErrors(name, spec, plain(value), context))
  }
  return errors
}

function withAliases(specs: readonly (readonly [string, Dict])[], given: Dict): Map<string, Value> {
  const values = new Map<string, Value>()
  for (const [name, spec] of specs) {
    const aliases = asList(own(spec, 'aliases') ?? []).map((alias) => textOf(alias))
    const written = [name, ...aliases].find((each) => own(given, each) !== undefined)
    if (written !== undefined) values.set(name, own(given, written)!)
  }
  return values
}

function valueErrors(name: string, spec: Dict, value: Value, context: readonly string[]): string[] {
  const type = textOf(own(spec, 'type') ?? 'str')
  const complaint = conversionError(value, type)
  if (complaint !== undefined) {
    const where = context.length > 0 ? ` found in '${context.join(' -> ')}'.` : ''
    return [
      `argument '${name}' is of type ${classOf(value)}${where} and we were unable to convert to ${type}: ${complaint}`,
    ]
  }
  return [...choiceErrors(name, spec, value), ...elementErrors(name, spec, value, context)]
}

function choiceErrors(name: string, spec: Dict, value: Value): string[] {
  const choices = own(spec, 'choices')
  if (!Array.isArray(choices)) return []
  const wrong = asList(value).filter((each) => !choices.some((choice) => textOf(choice) === textOf(each)))
  if (wrong.length === 0) return []
  const allowed = choices.map((choice) => textOf(choice)).join(', ')
  const many = Array.isArray(value) ? 'one or more of' : 'one of'
  return [
    `value of ${name} must be ${many}: ${allowed}, got: ${wrong.map((each) => textOf(each)).join(', ')}`,
  ]
}

function elementErrors(name: string, spec: Dict, value: Value, context: readonly string[]): string[] {
  const elements = own(spec, 'elements')
  const errors: string[] = []
  if (Array.isArray(value) && elements !== undefined) {
    for (const each of value.map(plain)) {
      const complaint = conversionError(each, textOf(elements))
      if (complaint !== undefined)
        errors.push(
          `Elements value for option '${name}' is of type ${classOf(each)} and we were unable to convert to ${textOf(elements)}: ${complaint}`,
        )
    }
  }
  const options = own(spec, 'options')
  if (options === undefined || !isDict(options)) return errors
  const inside = [...context, name]
  for (const each of asList(value).map(plain)) {
    if (!isDict(each)) continue
    errors.push(...argumentErrors(options, each, inside), ...unknownOptions(options, each, inside))
  }
  return errors
}

function unknownOptions(options: Dict, given: Dict, context: readonly string[]): string[] {
  const aliases = Object.values(options).flatMap((spec) =>
    isDict(spec) ? asList(own(spec, 'aliases') ?? []).map((alias) => textOf(alias)) : [],
  )
  const known = [...Object.keys(options), ...aliases]
  const unknown = Object.keys(given).filter((name) => !known.includes(name))
  if (unknown.length === 0) return []
  const names = unknown.map((name) => [...context, name].join('.')).join(', ')
  return [`${names}. Supported parameters include: ${known.sort().join(', ')}.`]
}

const TRUTHS = /^(?:y|yes|on|1|true|t|1\.0|n|no|off|0|false|f|0\.0)$/i

/** Why a value is not, and cannot be read as, of a type; undefined when it is. */
function conversionError(value: Value, type: string): string | undefined {
  switch (type) {
    case 'str':
      return value === null ? `'None' is not a string and conversion is not allowed` : undefined
    case 'int':
      return isWhole(value) ? undefined : `"${repr(value)}" cannot be converted to an int`
    case 'float':
      return value !== null && isNumber(value)
        ? undefined
        : `${classOf(value)} cannot be converted to a float`
    case 'bool':
      if (typeof value === 'boolean' || TRUTHS.test(scalarText(value))) return undefined
      return `The value '${scalarText(value)}' is not a valid boolean.  Valid booleans include: 'y', 'yes', 'on', '1', 'true', 't', 'n', 'no', 'off', '0', 'false', 'f'`
    case 'list':
      if (Array.isArray(value) || typeof value === 'string' || typeof value === 'number') return undefined
      return `${classOf(value)} cannot be converted to a list`
    case 'dict':
      if (isDict(value)) return undefined
      if (typeof value !== 'string') return `${classOf(value)} cannot be converted to a dict`
      return isDictText(value) ? undefined : 'dictionary requested, could not parse JSON or key=value'
    case 'path':
      return value === null ? `'None' is not a string and conversion is not allowed` : undefined
    case 'bytes':
      return /^\d+(?:\.\d+)?\s*(?:[KMGTPEZY]?B?)?$/i.test(scalarText(value))
        ? undefined
        : `${classOf(value)} cannot be converted to a Byte value`
    case 'bits':
      return /^\d+(?:\.\d+)?\s*(?:[KMGTPEZY]?b?)?$/i.test(scalarText(value))
        ? undefined
        : `${classOf(value)} cannot be converted to a Bit value`
    default:
      return undefined
  }
}

function plain(value: Value): Value {
  return value instanceof Secret ? value.reveal() : value
}

function isWhole(value: Value): boolean {
  if (typeof value === 'number') return Number.isInteger(value)
  return typeof value === 'boolean' || (typeof value === 'string' && /^\s*[-+]?\d+\s*$/.test(value))
}

function isNumber(value: Value): boolean {
  return (
    typeof value === 'number' ||
    (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)))
  )
}

function isDictText(text: string): boolean {
  if (/^\s*\{[\s\S]*\}\s*$/.test(text)) return true
  return /^\s*[\w.-]+=/.test(text)
}

function scalarText(value: Value): string {
  return value === null || typeof value === 'object' ? '' : textOf(value)
}

function repr(value: Value): string {
  if (value === null) return 'None'
  return typeof value === 'string' ? `'${value}'` : textOf(value)
}

function classOf(value: Value): string {
  const name =
    value === null
      ? 'NoneType'
      : Array.isArray(value)
        ? 'list'
        : typeof value === 'string'
          ? 'str'
          : typeof value === 'boolean'
            ? 'bool'
            : typeof value === 'number'
              ? Number.isInteger(value)
                ? 'int'
                : 'float'
              : 'dict'
  return `<class '${name}'>`
}
