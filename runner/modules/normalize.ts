import type { TObject, TSchema } from 'typebox'
import type { Diagnostic } from '../source/diagnostic.ts'
import type { Location } from '../source/location.ts'
import { nearest } from '../source/nearest.ts'
import { omit, type Dict, type Value } from '../variables/value.ts'
import { convert } from './convert.ts'

/** What is needed of a module to check and convert its arguments. */
export interface ArgumentDefinition {
  readonly name: string
  readonly args: TObject
  /** The argument that free text is given as. */
  readonly freeForm?: string
  /** Arguments that are bare expressions, which the module evaluates itself: left as they are. */
  readonly expressions?: readonly string[]
  /** Sets of arguments of which at most one may be given. */
  readonly mutuallyExclusive?: readonly (readonly string[])[]
  /** Sets of arguments of which at least one must be given. */
  readonly requiredOneOf?: readonly (readonly string[])[]
  /** Sets of arguments that must be given together. */
  readonly requiredTogether?: readonly (readonly string[])[]
}

export interface CheckOptions {
  /** The module's name as written. @default its own */
  readonly name?: string
  /** More arguments may come from elsewhere (`module_defaults`, a template), so none is missing yet. */
  readonly partial?: boolean
}

/**
 * Checks arguments as they are written: unknown names, values of the wrong type, what is missing, a name and its alias
 * together. Values that hold templates are not known yet and left out.
 *
 * @param locate where an argument's key or value stands
 */
export function checkArguments(
  definition: ArgumentDefinition,
  args: Dict,
  locate: (argument: string, part?: 'key' | 'value') => Location,
  { name = definition.name, partial = false }: CheckOptions = {},
): Diagnostic[] {
  const { folded, faults } = inspect(definition, args, name)
  if (!partial) {
    // A misspelled argument is not missing as well.
    const meant = new Set(faults.map(({ meant }) => meant))
    faults.push(
      ...missing(definition, folded, name).filter(({ lacks }) => lacks === undefined || !meant.has(lacks)),
    )
  }
  return faults.map(({ argument, part, message, hint }) => ({
    severity: 'error',
    message,
    hint,
    location: locate(argument ?? '', part),
  }))
}

/**
 * Arguments as a module gets them: aliases folded into names, values converted to their types, defaults filled in and
 * `omit` left out. Unknown values pass as they are; secrets are converted inside and stay secrets.
 */
export function normalizeArguments(
  definition: ArgumentDefinition,
  args: Dict,
): { readonly args: Dict } | { readonly errors: readonly string[] } {
  const { folded, faults } = inspect(definition, args, definition.name)
  faults.push(...missing(definition, folded, definition.name))
  if (faults.length > 0) return { errors: inAnsiblesWords(definition, faults) }
  for (const [argument, schema] of Object.entries(properties(definition))) {
    const fallback = defaultOf(schema)
    if (!folded.has(argument) && fallback !== undefined) folded.set(argument, structuredClone(fallback))
  }
  return { args: Object.fromEntries(folded) }
}

/** What a failed task says: playbooks look for Ansible's words in it. */
function inAnsiblesWords(definition: ArgumentDefinition, faults: readonly Fault[]): string[] {
  const unsupported = faults.flatMap(({ unsupported }) => unsupported ?? []).toSorted()
  const lacking = faults.flatMap(({ lacks }) => lacks ?? []).toSorted()
  const supported = Object.keys(properties(definition)).toSorted()
  const hints = faults.flatMap(({ unsupported, meant, hint }) => (unsupported && meant ? ` (${hint})` : []))
  return [
    ...(unsupported.length === 0
      ? []
      : [
          `Unsupported parameters for (${definition.name}) module: ${unsupported.join(', ')}. ` +
            `Supported parameters include: ${supported.join(', ')}.${hints.join('')}`,
        ]),
    ...faults
      .filter((fault) => fault.unsupported === undefined && fault.lacks === undefined)
      .map(({ message, hint, ansible = message }) => (hint === undefined ? ansible : `${ansible} (${hint})`)),
    ...(lacking.length === 0 ? [] : [`missing required arguments: ${lacking.join(', ')}`]),
  ]
}

interface Fault {
  readonly argument?: string
  readonly part: 'key' | 'value'
  readonly message: string
  readonly hint?: string
  /** The argument that an unknown one is taken for. */
  readonly meant?: string
  /** The argument that is missing. */
  readonly lacks?: string
  /** The name that the module does not know. */
  readonly unsupported?: string
  /** How Ansible says it. */
  readonly ansible?: string
}

function inspect(
  definition: ArgumentDefinition,
  args: Dict,
  module: string,
): { folded: Map<string, Value>; faults: Fault[] } {
  const known = properties(definition)
  const names = canonicalNames(definition)
  const open = (definition.args as { additionalProperties?: unknown }).additionalProperties !== false
  const folded = new Map<string, Value>()
  const writtenAs = new Map<string, string>()
  const faults: Fault[] = []
  for (const written of Object.keys(args)) {
    const value = args[written]!
    const argument = names.get(written)
    if (argument === undefined) {
      if (open) folded.set(written, value)
      else {
        const near = nearest(written, names.keys())
        const hint = near === undefined ? knownArguments(Object.keys(known)) : `did you mean '${near}'?`
        faults.push({
          argument: written,
          part: 'key',
          meant: near && names.get(near),
          unsupported: written,
          message: `unknown argument '${written}' of '${module}'`,
          hint,
        })
      }
      continue
    }
    // Left out, or left empty: as if it had not been written.
    if (value === omit || value === null) continue
    const before = writtenAs.get(argument)
    if (before !== undefined) {
      const message = `'${written}' and '${before}' of '${module}' are the same argument`
      faults.push({ argument: written, part: 'key', message, hint: 'remove one of the two' })
      continue
    }
    writtenAs.set(argument, written)
    if (definition.expressions?.includes(argument) === true) {
      folded.set(argument, value)
      continue
    }
    const label = argument === 'free_form' ? module : written
    const converted = convert(value, known[argument]!, label)
    if ('value' in converted) folded.set(argument, converted.value)
    else {
      faults.push({ argument: written, part: 'value', ...converted })
      // Given, if wrongly: it is not missing as well.
      folded.set(argument, value)
    }
  }
  faults.push(...exclusive(definition, folded, module))
  return { folded, faults }
}

function exclusive(
  definition: ArgumentDefinition,
  given: ReadonlyMap<string, Value>,
  module: string,
): Fault[] {
  return (definition.mutuallyExclusive ?? []).flatMap((set) => {
    const both = set.filter((argument) => given.has(argument))
    if (both.length < 2) return []
    const message = `${quoted(both)} of '${module}' exclude each other`
    const ansible = `parameters are mutually exclusive: ${set.join('|')}`
    return [{ argument: both[1]!, part: 'key' as const, message, ansible }]
  })
}

function missing(definition: ArgumentDefinition, given: ReadonlyMap<string, Value>, module: string): Fault[] {
  const faults: Fault[] = []
  for (const argument of required(definition)) {
    if (given.has(argument)) continue
    faults.push({
      part: 'value',
      lacks: argument,
      message: `'${module}' lacks the argument '${argument}'`,
      hint: descriptionHint(argument, properties(definition)[argument]!),
    })
  }
  for (const set of definition.requiredOneOf ?? []) {
    if (set.some((argument) => given.has(argument))) continue
    faults.push({
      part: 'value',
      message: `'${module}' needs one of ${quoted(set)}`,
      ansible: `one of the following is required: ${set.join(', ')}`,
    })
  }
  for (const set of definition.requiredTogether ?? []) {
    const lacking = set.filter((argument) => !given.has(argument))
    if (lacking.length === 0 || lacking.length === set.length) continue
    const present = set.find((argument) => given.has(argument))!
    faults.push({
      argument: present,
      part: 'key',
      message: `'${present}' of '${module}' needs ${quoted(lacking)} too`,
      ansible: `parameters are required together: ${set.join(', ')}`,
    })
  }
  return faults
}

function required(definition: ArgumentDefinition): string[] {
  const listed = (definition.args as { required?: readonly string[] }).required ?? []
  return listed.filter((argument) => defaultOf(properties(definition)[argument]!) === undefined)
}

function descriptionHint(argument: string, schema: TSchema): string | undefined {
  const { description, aliases } = schema as { description?: string; aliases?: readonly string[] }
  const also = aliases && aliases.length > 0 ? ` (also ${quoted(aliases)})` : ''
  return description === undefined ? undefined : `${argument}${also}: ${description}`
}

function knownArguments(names: readonly string[]): string {
  return names.length === 0
    ? 'it takes none'
    : `it takes ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ')
}

function properties(definition: ArgumentDefinition): Readonly<Record<string, TSchema>> {
  return (definition.args as { properties: Record<string, TSchema> }).properties
}

function defaultOf(schema: TSchema): Value | undefined {
  return (schema as { default?: Value }).default
}

const namesByDefinition = new WeakMap<ArgumentDefinition, ReadonlyMap<string, string>>()

/** Every name and alias, to the name it stands for. */
function canonicalNames(definition: ArgumentDefinition): ReadonlyMap<string, string> {
  let names = namesByDefinition.get(definition)
  if (names === undefined) {
    names = new Map(
      Object.entries(properties(definition)).flatMap(([name, schema]) =>
        [name, ...((schema as { aliases?: readonly string[] }).aliases ?? [])].map(
          (each) => [each, name] as const,
        ),
      ),
    )
    namesByDefinition.set(definition, names)
  }
  return names
}
