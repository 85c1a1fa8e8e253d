import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { Secret } from '../variables/secret.ts'
import { isTemplateSource, Template } from '../variables/template.ts'
import type { Dict, Value } from '../variables/value.ts'
import type { Diagnostic } from './diagnostic.ts'
import { formatLocation, type Location } from './location.ts'
import { remember, SourceText } from './positions.ts'
import { indentQuoted, openQuote } from './quoted-lines.ts'
import { keyName, plainScalar } from './scalars.ts'
import { explainSyntaxError } from './syntax-errors.ts'
import { noPassword, VaultSecret, type Decrypt } from './vault.ts'

export interface YamlOptions {
  /** For `!vault` values, when they are used. Without it using one is an error that says that no password was given. */
  readonly decrypt?: Decrypt
  /** Whether `{{ … }}` makes a `Template`; false for text that only documents. Default true. */
  readonly templates?: boolean
  /** Whether every text and number is a secret: the file was encrypted as a whole. Default false. */
  readonly secret?: boolean
}

export interface Parsed {
  /** Null for an empty file, undefined for one that is not YAML. */
  readonly value: Value | undefined
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Reads YAML as Ansible does: version 1.1, merge keys, `!vault`, `!unsafe`; text that the author wrote with `{{ … }}`
 * becomes a `Template` that knows its place. Dictionaries and lists can be asked for their places with `locate`.
 * Never throws for what is wrong in the text: everything that is wrong is in `diagnostics`.
 *
 * @param file the file's name as it is to be shown
 */
export function parseYaml(text: string, file: string, options: YamlOptions = {}): Parsed {
  const { document, source } = parseLeniently(text.startsWith('\uFEFF') ? text.slice(1) : text, file)
  const conversion = new Conversion(source, options)
  if (document.errors.length > 0) {
    return { value: undefined, diagnostics: explainSyntaxError(document, source) }
  }
  const value = document.contents === null ? null : conversion.value(document.contents)
  return { value, diagnostics: conversion.diagnostics }
}

function parseLeniently(text: string, file: string): { document: Document.Parsed; source: SourceText } {
  const strict = parseStrictly(text)
  const first = { document: strict, source: new SourceText(file, text) }
  for (let document = strict, indented: string | undefined = text; ;) {
    const quote = openQuote(document)
    indented = quote === undefined ? undefined : indentQuoted(indented, quote)
    if (indented === undefined) return first
    document = parseStrictly(indented)
    if (document.errors.length === 0) return { document, source: new SourceText(file, indented) }
  }
}

function parseStrictly(text: string): Document.Parsed {
  return parseDocument(text, {
    version: '1.1',
    schema: 'failsafe',
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  })
}

/** More than this many values, aliases counted as often as they are used, is an attack or a mistake. */
const MOST_VALUES = 1_000_000

type AnyNode = Parameters<typeof isMap>[0]

class Conversion {
  readonly diagnostics: Diagnostic[] = []
  readonly #source: SourceText
  readonly #options: YamlOptions
  readonly #anchors = new Map<string, { value: Value; size: number } | 'open'>()
  #size = 0
  #unsafe = false

  constructor(source: SourceText, options: YamlOptions) {
    this.#source = source
    this.#options = options
  }

  value(node: AnyNode): Value {
    if (isAlias(node)) return this.#alias(node.source, node.range![0])
    const anchor = (node as { anchor?: string } | null)?.anchor
    if (anchor === undefined) return this.#plainValue(node)
    this.#anchors.set(anchor, 'open')
    const before = this.#size
    const value = this.#plainValue(node)
    this.#anchors.set(anchor, { value, size: this.#size - before })
    return value
  }

  #plainValue(node: AnyNode): Value {
    this.#size++
    const tag = (node as { tag?: string } | null)?.tag
    if (tag === '!unsafe' && !this.#unsafe) {
      this.#unsafe = true
      try {
        return this.#plainValue(node)
      } finally {
        this.#unsafe = false
      }
    }
    if (isMap(node)) return this.#map(node)
    if (isSeq(node)) return this.#list(node)
    return isScalar(node) ? this.#scalar(node) : null
  }

  #alias(name: string, offset: number): Value {
    const target = this.#anchors.get(name)
    if (target === undefined || target === 'open') {
      const why =
        target === 'open' ? `alias '*${name}' stands inside what it names` : `unknown alias '*${name}'`
      this.#error(offset, why, `name the value first with '&${name}', or quote the text if no alias is meant`)
      return null
    }
    this.#size += target.size
    if (this.#size > MOST_VALUES && target.size > 1) {
      if (this.#size - target.size <= MOST_VALUES)
        this.#error(offset, 'aliases multiply to more than a million values')
      return null
    }
    return target.value
  }

  #list(node: YAMLSeq): Value[] {
    if (node.tag === 'tag:yaml.org,2002:omap' || node.tag === 'tag:yaml.org,2002:pairs') {
      this.#error(node.range![0], `tag '${node.tag}' is not supported`)
    }
    const list = node.items.map((item) => this.value(item as AnyNode))
    remember(list, this.#source, node)
    return list
  }

  #map(node: YAMLMap): Dict {
    const own = new Map<string, Value>()
    const merged: Dict[] = []
    const firsts = new Map<string, number>()
    for (const { key, value } of node.items as Pair<Scalar | null, AnyNode>[]) {
      if (isMergeKey(key)) {
        merged.push(...this.#mergeSources(value, key!.range![0]))
        continue
      }
      const name = this.#key(key, node)
      if (name === undefined) continue
      const offset = key?.range?.[0] ?? node.range![0]
      const first = firsts.get(name)
      if (first === undefined) firsts.set(name, offset)
      else {
        const place = this.#source.locate(first)
        this.#duplicate(offset, name, place)
      }
      own.set(name, this.value(value))
    }
    const entries = new Map<string, Value>(
      merged.toReversed().flatMap((dict) => Object.keys(dict).map((name) => [name, dict[name]!] as const)),
    )
    for (const [name, value] of own) entries.set(name, value)
    const dict: Dict = Object.fromEntries(entries)
    remember(dict, this.#source, node)
    return dict
  }

  // Ansible lets the last of them count, and says so or not.
  #duplicate(offset: number, name: string, first: Location): void {
    const setting = process.env['ANSIBLE_DUPLICATE_YAML_DICT_KEY']
    if (setting === 'ignore') return
    this.diagnostics.push({
      severity: setting === 'warn' ? 'warning' : 'error',
      message: `duplicate key '${name}'`,
      hint: `it was first given at ${formatLocation(first)}; remove one of the two`,
      location: this.#source.locate(offset),
      ansible: setting === undefined ? undefined : `found a duplicate dict key (${name})`,
    })
  }

  #key(key: Scalar | null, parent: YAMLMap): string | undefined {
    if (isAlias(key as AnyNode)) {
      const { source, range } = key as unknown as { source: string; range: [number] }
      const target = this.#alias(source, range[0])
      if (typeof target === 'string' || typeof target === 'number') return String(target)
    } else {
      if (key?.anchor !== undefined) this.value(key)
      const name = keyName(key)
      if (name !== undefined) return name
    }
    const offset = (key as { range?: number[] } | null)?.range?.[0] ?? parent.range![0]
    // `{{ x }}` without quotes is a dictionary whose key is a dictionary.
    if (parent.flow === true && isMap(key) && this.#source.text[offset - 1] === '{') {
      this.#error(
        parent.range![0],
        `a value that begins with '{{' must be quoted`,
        `write "${this.#source.text.slice(parent.range![0], parent.range![1])}"`,
      )
    } else this.#error(offset, 'a dictionary or list cannot be a key', 'write the key as text')
    return undefined
  }

  #mergeSources(node: AnyNode, offset: number): Dict[] {
    const value = this.value(node)
    const sources = Array.isArray(value) ? value : [value]
    const dicts = sources.filter((source): source is Dict => typeof source === 'object' && source !== null)
    if (
      dicts.length !== sources.length ||
      dicts.some((dict) => Array.isArray(dict) || dict instanceof Template)
    ) {
      this.#error(
        offset,
        `'<<' merges dictionaries only`,
        'give it an alias of a dictionary, or a list of them',
      )
      return []
    }
    return dicts
  }

  #scalar(node: Scalar): Value {
    const text = typeof node.value === 'string' ? node.value : ''
    switch (node.tag) {
      case '!vault':
      case '!vault-encrypted':
        return new VaultSecret(text, this.#options.decrypt ?? noPassword, this.#contentPlace(node))
      case undefined:
      case '!unsafe':
      case '!':
      case 'tag:yaml.org,2002:str':
        return this.#text(node, text)
      case 'tag:yaml.org,2002:null':
        return null
      case 'tag:yaml.org,2002:int':
      case 'tag:yaml.org,2002:float':
      case 'tag:yaml.org,2002:bool':
        return plainScalar(text)
      case 'tag:yaml.org,2002:binary':
        return Buffer.from(text, 'base64').toString('utf8')
      case 'tag:yaml.org,2002:timestamp':
        return text
      default:
        this.#error(
          node.range![0],
          `unknown tag '${node.tag}'`,
          `known tags are !vault, !unsafe and YAML's own`,
        )
        return text
    }
  }

  #text(node: Scalar, text: string): Value {
    const value = node.type === 'PLAIN' && node.tag === undefined ? plainScalar(text) : text
    if (
      this.#options.templates !== false &&
      !this.#unsafe &&
      typeof value === 'string' &&
      isTemplateSource(value)
    ) {
      return new Template(value, this.#contentPlace(node))
    }
    return this.#options.secret === true && (typeof value === 'string' || typeof value === 'number')
      ? new Secret(value)
      : value
  }

  /** Where the text itself begins: after the quote, or on the line after `|`. */
  #contentPlace(node: Scalar) {
    const start = node.range![0]
    if (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE') return this.#source.locate(start + 1)
    if (node.type === 'PLAIN') return this.#source.locate(start)
    const lineEnd = this.#source.text.indexOf('\n', start)
    const firstText = /[^\s]/g
    firstText.lastIndex = lineEnd
    const content = firstText.exec(this.#source.text)?.index ?? start
    return { ...this.#source.locate(lineEnd + 1), column: this.#source.locate(content).column }
  }

  #error(offset: number, message: string, hint?: string): void {
    this.diagnostics.push({ severity: 'error', message, hint, location: this.#source.locate(offset) })
  }
}

function isMergeKey(key: Scalar | null): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.value === '<<'
}
