import { posix } from 'node:path'
import { factProgram } from '../../resources/fact-program.ts'
import { path as pathKind } from '../../resources/path.ts'
import { UnknownRead } from '../../host/misses.ts'
import type { Dict, Value } from '../../variables/value.ts'
import { Unknown } from '../../variables/unknown.ts'
import type { Planning } from '../module.ts'

/**
 * A host's own facts: every `*.fact` in a directory, JSON or INI, or a program that prints it. Files that the run
 * would write count as well; a program that it would write is unknown, since it cannot be run yet.
 *
 * @source https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_vars_facts.html#facts-d-or-local-facts
 */
export function localFacts(directory: string, planning: Planning): Dict {
  const names = planning.files.list(directory) ?? []
  const facts: [string, Value][] = []
  for (const name of names.filter((each) => each.endsWith('.fact'))) {
    facts.push([name.slice(0, -'.fact'.length), factOf(posix.join(directory, name), planning)])
  }
  return Object.fromEntries(facts)
}

function factOf(file: string, { files, state }: Planning): Value {
  try {
    const { path: real, status } = files.stat(file)
    if (status.type === 'absent') return `Could not stat fact (${file}): there is no such file`
    if (status.type !== 'file') return `error loading fact - please check content: ${file}`
    if ((status.mode & 0o100) === 0) return parseFact(files.read(file)?.toString('utf8') ?? '', file)
    if (state.predicted(pathKind, real) !== undefined)
      return new Unknown({ what: `the fact program ${file}, which is not there yet` })
    const { status: exit, stdout } = state.read(factProgram, real)
    return exit === 0 ? parseFact(stdout, file) : `Failure executing fact script (${file}), rc: ${exit}`
  } catch (error) {
    if (error instanceof UnknownRead) return error.unknown
    throw error
  }
}

/** JSON, or else the sections of an INI file. */
export function parseFact(text: string, file: string): Value {
  try {
    return JSON.parse(text) as Value
  } catch {
    return parseIni(text) ?? `error loading facts as ini - please check content: ${file}`
  }
}

// As Python's configparser reads it: options in lower case, a line that is indented goes on with the one before.
function parseIni(text: string): Dict | undefined {
  const sections = new Map<string, Map<string, string>>()
  let section: Map<string, string> | undefined
  let option: string | undefined
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '' || /^\s*[#;]/.test(line)) continue
    const header = /^\[([^\]]+)\]/.exec(line)
    if (header) {
      section = sections.get(header[1]!) ?? new Map<string, string>()
      sections.set(header[1]!, section)
      option = undefined
      continue
    }
    if (section === undefined) return undefined
    if (/^\s/.test(line) && option !== undefined) {
      section.set(option, `${section.get(option)}\n${line.trim()}`)
      continue
    }
    const match = /^([^=:]+?)\s*[=:]\s*(.*?)\s*$/.exec(line.trim())
    if (!match) return undefined
    option = match[1]!.toLowerCase()
    section.set(option, match[2]!)
  }
  return interpolated(sections)
}

// `%(name)s` stands for another option of the section or of DEFAULT, `%%` for a percent sign; any other is a mistake.
function interpolated(sections: ReadonlyMap<string, ReadonlyMap<string, string>>): Dict | undefined {
  const defaults = sections.get('DEFAULT')
  const valueOf = (text: string, options: ReadonlyMap<string, string>, depth: number): string | undefined => {
    let wrong = depth > 10
    const value = text.replaceAll(/%(?:%|\(([^)]+)\)s)?/g, (written: string, option?: string) => {
      if (written === '%%') return '%'
      const other = option && (options.get(option.toLowerCase()) ?? defaults?.get(option.toLowerCase()))
      const found = other === undefined || other === '' ? other : valueOf(other, options, depth + 1)
      wrong ||= found === undefined
      return found ?? ''
    })
    return wrong ? undefined : value
  }
  const facts: [string, Dict][] = []
  for (const [name, own] of sections) {
    if (name === 'DEFAULT') continue
    const options = new Map([...(defaults ?? []), ...own])
    const values = [...options].map(([option, text]) => [option, valueOf(text, options, 0)] as const)
    if (values.some(([, value]) => value === undefined)) return undefined
    facts.push([name, Object.fromEntries(values) as Dict])
  }
  return Object.fromEntries(facts)
}
