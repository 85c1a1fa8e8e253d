import type { Value } from '../../variables/value.ts'
import { asText, integer, list, text } from '../convert.ts'
import { Failure, type Item } from '../items.ts'
import { truthy } from '../python/compare.ts'
import { toJson, type JsonOptions } from '../python/json.ts'
import { plain, type Named, type Routines } from '../routine.ts'
import { parseYaml, parseYamlAll } from '../yaml/parse.ts'
import { dumpYaml } from '../yaml/dump.ts'

/** Data as text and back. What is read from text is data, whatever it holds. */
export const dataFilters: Routines = {
  to_json: plain('value **options', (_, value, options) => toJson(value, jsonOptions(options as Named))),
  to_nice_json: plain(
    'value indent? sort_keys? **options',
    (_, value, indent = 4, sortKeys = true, options = {}) =>
      toJson(value, {
        ...jsonOptions(options as Named),
        indent: indentation(indent),
        sortKeys: truthy(sortKeys),
      }),
  ),
  tojson: plain('value indent?', (_, value, indent = null) => {
    const json = toJson(value, { indent: indentation(indent), sortKeys: true })
    return json.replace(
      /[<>&']/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  }),
  from_json: plain('value **options', (_, value) => {
    const source = text(value)
    try {
      return JSON.parse(source.replace(/^\ufeff/, '')) as Value
    } catch (error) {
      throw new Failure(`the text is no JSON: ${(error as Error).message}`)
    }
  }),
  to_yaml: plain('value **options', (_, value, options) => {
    const {
      indent = 2,
      width = 80,
      default_flow_style: flow = null,
      sort_keys: sort = true,
      ...rest
    } = options as Named
    return dumpYaml(value, {
      indent: integer(indent),
      width: integer(width),
      flow: flow === null ? 'leaves' : truthy(flow) ? 'always' : 'never',
      sortKeys: truthy(sort),
      ...yamlOptions(rest),
    })
  }),
  to_nice_yaml: plain('value indent? **options', (_, value, indent = 4, options = {}) => {
    const { width = 80, sort_keys: sort = true, default_flow_style: flow = false, ...rest } = options as Named
    return dumpYaml(value, {
      indent: integer(indent),
      width: integer(width),
      flow: flow === null ? 'leaves' : truthy(flow) ? 'always' : 'never',
      sortKeys: truthy(sort),
      ...yamlOptions(rest),
    })
  }),
  from_yaml: plain('value', (_, value) => (typeof value === 'string' ? parseYaml(value) : value)),
  from_yaml_all: plain('value', (_, value) => (typeof value === 'string' ? parseYamlAll(value) : value)),
}

function jsonOptions(options: Named): JsonOptions {
  const { indent = null, sort_keys: sort = false, ensure_ascii: ascii = true, separators = null } = options
  const [itemSeparator, keySeparator] = separators === null ? [] : list(separators).map((one) => text(one))
  return {
    indent: indentation(indent),
    sortKeys: truthy(sort),
    ensureAscii: truthy(ascii),
    itemSeparator,
    keySeparator,
  }
}

function indentation(indent: Item): string | undefined {
  if (indent === null) return undefined
  return typeof indent === 'string' ? indent : ' '.repeat(integer(indent))
}

function yamlOptions(options: Named): {
  explicitStart?: boolean
  explicitEnd?: boolean
  defaultStyle?: string
} {
  const { explicit_start: start = false, explicit_end: end = false, default_style: style = null } = options
  return {
    explicitStart: truthy(start),
    explicitEnd: truthy(end),
    defaultStyle: style === null ? undefined : asText(style),
  }
}
