import type { Value } from '../../variables/value.ts'
import { asText, integer, list, text } from '../convert.ts'
import { Failure, otherwise, type Item } from '../items.ts'
import { lift } from '../marks.ts'
import { truthy } from '../python/compare.ts'
import { anchored, pythonRegex } from '../python/regex.ts'
import { plain, type Routines } from '../routine.ts'
import { parseCsv } from './csv.ts'
import { parseIni, type Section } from './iniFile.ts'
import { inlineOptions, optionsOf } from './options.ts'
import { readText } from './read.ts'

/** Lookups in files of rows and of `key = value` lines. */
export const tableLookups: Routines = {
  csvfile: plain('*terms **options', (frame, terms, given) => {
    const usual = optionsOf(given, {
      file: 'ansible.csv',
      delimiter: 'TAB',
      col: 1,
      keycol: 0,
      default: null,
      encoding: 'utf-8',
    })
    if (list(terms).length === 0) throw new Failure('Search key is required but was not found')
    return list(terms).flatMap((term): Value[] => {
      const { word: key, options } = inlineOptions(asText(term))
      if (key === '') throw new Failure('Search key is required but was not found')
      const { file, delimiter, col, keycol, default: fallback, encoding } = optionsOf(options, usual)
      const separator = delimiter === 'TAB' || delimiter === '\\t' ? '\t' : text(delimiter, 'delimiter')
      const found = lift([readText(text(file, 'file'), frame, text(encoding, 'encoding'))], (content) => {
        const row = parseCsv(text(content), separator).find((cells) => cells[integer(keycol)] === key)
        if (row === undefined) return fallback
        const cell = row[integer(col)]
        if (cell === undefined) throw new Failure(`the row '${key}' has no column ${integer(col)}`)
        return cell
      })
      return found === null ? [] : Array.isArray(found) ? found : [found as Value]
    })
  }),
  ini: plain('*terms **options', (frame, terms, given) => {
    const usual = optionsOf(given, {
      file: 'ansible.ini',
      section: 'global',
      type: 'ini',
      re: false,
      default: '',
      encoding: 'utf-8',
      case_sensitive: false,
      allow_no_value: false,
      allow_none: false,
      interpolation: true,
    })
    return list(terms).flatMap((term): Value[] => {
      const { word: key, options } = inlineOptions(asText(term))
      const { file, encoding, ...chosen } = optionsOf(options, usual)
      if (key === '') {
        throw new Failure('No key to lookup was provided as first term with in string inline options')
      }
      const name = text(file, 'file')
      const found = lift([readText(name, frame, text(encoding, 'encoding'))], (content) =>
        fromIni(text(content), name, key, chosen),
      )
      return found === null ? [] : Array.isArray(found) ? found : [found as Value]
    })
  }),
}

function fromIni(content: string, file: string, key: string, options: Readonly<Record<string, Item>>): Item {
  const flag = (name: string) => truthy(options[name] ?? false)
  const properties = options['type'] === 'properties'
  const caseSensitive = flag('case_sensitive')
  const sections = parseIni(content, file, {
    properties,
    caseSensitive,
    allowNoValue: flag('allow_no_value') || flag('allow_none'),
    interpolation: flag('interpolation'),
  })
  const section = properties ? '' : text(options['section'] ?? 'global', 'section')
  const entries = sections.get(section)
  if (entries === undefined) throw new Failure(`No section '${section}' in ${file}`)
  return value(entries, caseSensitive ? key : key.toLowerCase(), flag('re'), options['default'] ?? '')
}

function value(entries: Section, key: string, isPattern: boolean, fallback: Item): Item {
  if (!isPattern) return otherwise(entries.get(key), () => fallback)
  const pattern = anchored(pythonRegex(key, { global: false }))
  return Array.from(entries).flatMap(([name, one]) => (pattern.test(name) ? [one] : []))
}
