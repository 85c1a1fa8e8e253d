import { SourceError, sourceError, type Diagnostic } from '../source/diagnostic.ts'
import type { Location } from '../source/location.ts'
import { locate } from '../source/positions.ts'
import { parseYaml } from '../source/yaml.ts'
import type { Layer } from '../variables/scope.ts'
import { isTemplateSource, Template } from '../variables/template.ts'
import { isDict, type Value } from '../variables/value.ts'
import type { Decrypter } from './text-file.ts'
import type { InventoryVariable } from './host.ts'
import { readVariablesFile } from './variables-file.ts'

/** What stands as the file in places of the command line. */
const COMMAND_LINE = '-e'

/**
 * Variables from the command line, the highest layer of all: `-e 'a=1 b="x y"'` (always text), `-e '{a: 1}'` (YAML or
 * JSON), `-e @file.yml`. Later ones win. Throws `SourceError` with everything that is wrong.
 */
export function parseExtraVars(given: readonly string[], vault?: Decrypter): Layer {
  const variables = new Map<string, InventoryVariable>()
  const problems: Diagnostic[] = []
  for (const text of given) {
    try {
      for (const [name, variable] of readOne(text, vault)) variables.set(name, variable)
    } catch (error) {
      if (!(error instanceof SourceError)) throw error
      problems.push(...error.diagnostics)
    }
  }
  if (problems.length > 0) throw new SourceError(problems)
  return {
    name: 'extra vars',
    get: (name) => variables.get(name)?.value,
    names: () => variables.keys(),
    locate: (name) => variables.get(name)?.location,
  }
}

function readOne(text: string, vault?: Decrypter): [string, InventoryVariable][] {
  if (text.startsWith('@')) {
    const file = readVariablesFile(text.slice(1), vault)
    return Object.entries(file.values).map(([name, value]) => [name, { value, location: file.locate(name) }])
  }
  return /^\s*[{[]/.test(text) ? readDictionary(text, vault) : readAssignments(text)
}

function readDictionary(text: string, vault?: Decrypter): [string, InventoryVariable][] {
  const { value, diagnostics } = parseYaml(text, COMMAND_LINE, { decrypt: vault?.decrypt })
  if (diagnostics.some(({ severity }) => severity === 'error')) throw new SourceError(diagnostics)
  if (!isDict(value))
    throw sourceError(`-e ${text}: expected a dictionary`, undefined, `-e '{"name": "value"}'`)
  return Object.entries(value).map(([name, entry]) => [name, { value: entry, location: locate(value, name) }])
}

function readAssignments(text: string): [string, InventoryVariable][] {
  return splitAssignments(text).map(({ text: word, column }) => {
    const location = { file: COMMAND_LINE, line: 1, column }
    const equals = word.indexOf('=')
    if (equals < 1) {
      const hint = /^[./]/.test(word)
        ? `for a file put @ before its name: -e @${word}`
        : 'quote a value that holds spaces'
      throw sourceError(`-e ${text}: expected name=value, not '${word}'`, undefined, hint)
    }
    return [word.slice(0, equals), { value: textValue(unquote(word.slice(equals + 1)), location), location }]
  })
}

function textValue(text: string, location: Location): Value {
  return isTemplateSource(text) ? new Template(text, location) : text
}

/** At spaces outside quotes and outside `{{ … }}` and `{% … %}`. Quotes stay. */
function splitAssignments(text: string): { text: string; column: number }[] {
  const pieces = /(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\\.|\S)+/gs
  return [...text.matchAll(pieces)].map((match) => ({ text: match[0], column: match.index + 1 }))
}

/** Quotes around the whole value are not part of it; a backslash before a quote goes with them. */
function unquote(text: string): string {
  const match = /^(["'])(.*)\1$/s.exec(text)
  if (!match) return text
  const [, quote = '', content = ''] = match
  return content.replaceAll(`\\${quote}`, quote)
}
