import type { Value } from '../../variables/value.ts'
import { asText, integer, list, text } from '../convert.ts'
import { Failure, type Item } from '../items.ts'
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
    return list(terms).flatMap((term): Value[] => {
      const { word: key, options } = inlineOptions(asText(term))
      if (key === '') throw new Failure('Search key is required but was not found')
      const { file, delimiter, col, keycol, default: fallback } = optionsOf(options, usual)
      const separator = delimiter === 'TAB' || delimiter === '\\t' ? '\t' : text(delimiter, 'delimiter')
      const found = lift([readText(text(file, 'file'), frame)], (content) => {
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
    })
    return list(terms).flatMap((term): Value[] => {
      const { word: key, options } = inlineOptions(asText(term))
      const {
        file,
        section,
        type,
        re,
        default: fallback,
        case_sensitive: sensitive,
      } = optionsOf(options, usual)
      const found = lift([readText(text(file, 'file'), frame)], (content) => {
        const sections = parseIni(text(content), type === 'properties', truthy(sensitive))
        const name = type === 'properties' ? '' : text(section, 'section')
        const entries = sections.get(name)
        if (entries === undefined) throw new Failure(`there is no section '${name}' in ${text(file)}`)
        return value(entries, truthy(sensitive) ? key : key.toLowerCase(), truthy(re), fallback)
      })
      return found === null ? [] : Array.isArray(found) ? found : [found as Value]
    })
  }),
}

function value(entries: Section, key: string, isPattern: boolean, fallback: Item): Item {
  if (!isPattern) return entries.get(key) ?? fallback
  const pattern = anchored(pythonRegex(key, { global: false }))
  return Array.from(entries).flatMap(([name, one]) => (pattern.test(name) ? [one] : []))
}
