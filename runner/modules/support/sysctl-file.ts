/** One setting of a sysctl file. */
export interface SysctlLine {
  readonly name: string
  readonly value: string
  /** Written with a dash before it: what goes wrong with it does not matter. */
  readonly lenient: boolean
}

/** The settings of a sysctl file, in order. */
export function parseSysctlFile(text: string): SysctlLine[] {
  return text.split('\n').flatMap((line) => {
    const [name, value] = assignment(line) ?? []
    if (name === undefined) return []
    const lenient = name.startsWith('-')
    return [{ name: lenient ? name.slice(1).trim() : name, value: value!, lenient }]
  })
}

/**
 * A sysctl file's text with one setting in its place, added at the end, or (without a value) taken out. All settings
 * are written `name=value`, and only the first of several of one name is kept, as Ansible does.
 */
export function withSysctl(text: string, name: string, value: string | undefined): string {
  const seen = new Set<string>()
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const kept = lines.flatMap((line) => {
    const [key, old] = assignment(line) ?? []
    if (key === undefined) return [line.trim()]
    if (seen.has(key)) return []
    seen.add(key)
    if (key !== name) return [`${key}=${old}`]
    return value === undefined ? [] : [`${name}=${value}`]
  })
  if (!seen.has(name) && value !== undefined) kept.push(`${name}=${value}`)
  return kept.map((line) => `${line}\n`).join('')
}

function assignment(line: string): [name: string, value: string] | undefined {
  const text = line.trim()
  const at = text.indexOf('=')
  if (text === '' || /^[#;]/.test(text) || at < 0) return undefined
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}
