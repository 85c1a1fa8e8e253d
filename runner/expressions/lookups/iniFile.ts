import { Failure } from '../items.ts'

export type Section = Map<string, string>

/**
 * An INI text as Python's configparser reads it: `=` or `:`, comments by `#` and `;`, values that go on in indented
 * lines, a DEFAULT section under all others. A properties text has one section without a name.
 */
export function parseIni(source: string, properties: boolean, caseSensitive: boolean): Map<string, Section> {
  const sections = new Map<string, Section>()
  let section: Section | undefined
  let key: string | undefined
  if (properties) sections.set('', (section = new Map()))
  for (const [index, line] of source.split(/\r?\n/).entries()) {
    if (/^\s*(?:[#;].*)?$/.test(line)) continue
    const header = /^\[([^\]]+)\]/.exec(line)
    if (header !== null && !properties) {
      section = sections.get(header[1]!) ?? new Map()
      sections.set(header[1]!, section)
      key = undefined
    } else if (/^\s/.test(line) && key !== undefined && section !== undefined) {
      section.set(key, `${section.get(key)!}\n${line.trim()}`)
    } else {
      if (section === undefined) throw new Failure(`line ${index + 1} stands before the first [section]`)
      const [, name = '', value = ''] = /^\s*([^=:]+?)\s*(?:[=:]\s*(.*?))?\s*$/.exec(line) ?? []
      key = caseSensitive ? name : name.toLowerCase()
      section.set(key, value)
    }
  }
  const defaults = sections.get('DEFAULT') ?? new Map<string, string>()
  return new Map(Array.from(sections, ([name, own]) => [name, new Map([...defaults, ...own])]))
}
