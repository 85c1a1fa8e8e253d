import { createRequire } from 'node:module'
import type { Document } from 'yaml'
import type { Value } from '../../variables/value.ts'
import { asText } from '../convert.ts'
import { isAmbiguous } from './scalar.ts'
import { Failure } from '../items.ts'

let yaml: typeof import('yaml') | undefined

function load(): typeof import('yaml') {
  return (yaml ??= createRequire(import.meta.url)('yaml') as typeof import('yaml'))
}

/** YAML 1.1 text as data, as Ansible reads it. @throws Failure */
export function parseYaml(source: string): Value {
  const [first = null, ...more] = parseYamlAll(source)
  if (more.length > 0) throw new Failure('the text holds several YAML documents', 'use `from_yaml_all`')
  return first
}

export function parseYamlAll(source: string): Value[] {
  const documents = load().parseAllDocuments(source, { version: '1.1', merge: true, logLevel: 'silent' })
  if (!Array.isArray(documents)) return []
  return documents.map((document) => {
    const [error] = document.errors
    if (error !== undefined) throw new Failure(`the text is no YAML: ${error.message.split('\n')[0]}`)
    asPython(document)
    return plainValue(document.toJS({ mapAsMap: true, maxAliasCount: 1000 }))
  })
}

/** Words that the library takes for a number or a truth value and Python does not: `.`, `y`, `n`. */
function asPython(document: Document): void {
  load().visit(document, {
    Scalar(_, node) {
      const isSpecial = typeof node.value === 'number' || typeof node.value === 'boolean'
      if (node.type === 'PLAIN' && isSpecial && !isAmbiguous(node.source ?? '')) node.value = node.source
    },
  })
}

/** Maps become dictionaries whose keys are own properties, `__proto__` too; dates become text. */
function plainValue(value: unknown): Value {
  if (value instanceof Map) {
    return Object.fromEntries(
      Array.from(value, ([key, one]): [string, Value] => [keyText(key), plainValue(one)]),
    )
  }
  if (Array.isArray(value)) return value.map(plainValue)
  if (value instanceof Set) return Array.from(value, plainValue)
  if (value instanceof Date) return dateText(value)
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8')
  return (value ?? null) as Value
}

function keyText(key: unknown): string {
  if (key === null || key === undefined) return 'None'
  if (typeof key === 'boolean') return key ? 'True' : 'False'
  return key instanceof Date ? dateText(key) : asText(plainValue(key))
}

function dateText(date: Date): string {
  const iso = date.toISOString()
  return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso.slice(0, 19).replace('T', ' ')
}
