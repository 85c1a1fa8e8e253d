import { Failure } from '../items.ts'

/** The values of a section by their keys; null for a key without one. */
export type Section = Map<string, string | null>

export interface IniOptions {
  /** A properties text has one section without a name. */
  readonly properties: boolean
  readonly caseSensitive: boolean
  readonly allowNoValue: boolean
  /** Whether `%(other)s` stands for the value of another key. */
  readonly interpolation: boolean
}

/**
 * An INI text as Python's configparser reads it: `=` or `:`, comments by `#` and `;`, values that go on in indented
 * lines, a DEFAULT section under all others.
 */
export function parseIni(source: string, file: string, options: IniOptions): Map<string, Section> {
  const sections = new Map<string, Section>()
  let section: Section | undefined
  let key: string | undefined
  if (options.properties) sections.set('', (section = new Map()))
  for (const [index, line] of source.split(/\r?\n/).entries()) {
    if (/^\s*(?:[#;].*)?$/.test(line)) continue
    const header = /^\[([^\]]+)\]/.exec(line)
    if (header !== null && !options.properties) {
      const name = header[1]!
      if (sections.has(name)) throw new Failure(`Duplicate section in '${file}': ${name}`)
      sections.set(name, (section = new Map()))
      key = undefined
    } else if (/^\s/.test(line) && key !== undefined && section !== undefined) {
      section.set(key, `${section.get(key) ?? ''}\n${line.trim()}`)
    } else {
      if (section === undefined)
        throw new Failure(`line ${index + 1} of '${file}' stands before the first [section]`)
      const [, name = '', value] = /^\s*([^=:]+?)\s*(?:[=:]\s*(.*?))?\s*$/.exec(line) ?? []
      if (value === undefined && !options.allowNoValue) {
        throw new Failure(
          `line ${index + 1} of '${file}' has no value`,
          'write `allow_no_value=True` if it needs none',
        )
      }
      key = options.caseSensitive ? name : name.toLowerCase()
      if (section.has(key)) throw new Failure(`Duplicate option in '${file}': ${key}`)
      section.set(key, value ?? null)
    }
  }
  return withDefaults(sections, options.interpolation)
}

function withDefaults(sections: Map<string, Section>, interpolation: boolean): Map<string, Section> {
  const defaults = sections.get('DEFAULT') ?? new Map<string, string | null>()
  return new Map(
    Array.from(sections, ([name, own]) => {
      const all: Section = new Map([...defaults, ...own])
      if (!interpolation) return [name, all]
      const resolved = Array.from(all, ([key, value]): [string, string | null] => [
        key,
        interpolate(value, all, 0),
      ])
      return [name, new Map(resolved)]
    }),
  )
}

function interpolate(value: string | null, section: Section, depth: number): string | null {
  if (value === null || !value.includes('%')) return value
  if (depth > 10) throw new Failure('the values refer to each other too deeply')
  return value.replace(/%(?:%|\(([^)]*)\)s)/g, (whole, name?: string) => {
    if (name === undefined) return '%'
    const other = section.get(name.toLowerCase()) ?? section.get(name)
    return other === undefined || other === null ? whole : (interpolate(other, section, depth + 1) ?? '')
  })
}
