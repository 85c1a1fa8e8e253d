export interface IniWish {
  readonly section?: string
  readonly option?: string
  readonly values: readonly string[]
  readonly state: 'present' | 'absent'
  readonly exclusive: boolean
  readonly allow_no_value: boolean
  readonly no_extra_spaces: boolean
  readonly ignore_spaces: boolean
  readonly modify_inactive_option: boolean
}

/**
 * An INI file's text with an option set, or removed, in a section. Lines that match a wanted value stay where they
 * are, other lines of the option are used for the rest, and what is still missing goes to the end of the section.
 *
 * @source https://docs.ansible.com/ansible/latest/collections/community/general/ini_file_module.html
 */
export function editIni(text: string, wish: IniWish): { text: string; msg: string } {
  // An empty file gets an empty first line, as Ansible has it.
  const lines = text
    .replace(/^\uFEFF/, '')
    .replace(/\n?$/, '')
    .split('\n')
  const { start, end, found } = sectionOf(lines, wish.section)
  const section = lines.slice(start, end)
  const edited = found
    ? editSection(section, wish)
    : wish.state === 'present'
      ? newSection(wish)
      : { lines: [], msg: 'OK' }
  if (text === '' && edited.msg === 'OK') return { text, msg: 'OK' }
  const all = [...lines.slice(0, start), ...edited.lines, ...lines.slice(end)]
  return { text: all.map((line) => `${line}\n`).join(''), msg: edited.msg }
}

interface Edited {
  readonly lines: readonly string[]
  readonly msg: string
}

/** The lines of a section, its title among them; those before the first section belong to none. */
function sectionOf(lines: readonly string[], section: string | undefined) {
  const isTitle = (line: string) => line.startsWith('[')
  const next = (from: number) => {
    const at = lines.findIndex((line, index) => index >= from && isTitle(line))
    return at < 0 ? lines.length : at
  }
  if (section === undefined || section === '') return { start: 0, end: next(0), found: true }
  const title = `[${section}]`
  let start = lines.findIndex((line) => line.startsWith(title))
  if (start < 0) return { start: lines.length, end: lines.length, found: false }
  // Of several of one name in a row it is the last.
  let end = next(start + 1)
  while (lines[end]?.startsWith(title) === true) {
    start = end
    end = next(start + 1)
  }
  return { start, end, found: true }
}

function newSection(wish: IniWish): Edited {
  const options = wish.option === undefined ? [] : optionLines(wish.option, wish)
  return {
    lines: [`[${wish.section}]`, ...options],
    msg: options.length === 0 ? 'only section added' : 'section and option added',
  }
}

function editSection(section: readonly string[], wish: IniWish): Edited {
  const { option, state } = wish
  if (option === undefined) {
    return state === 'present' ? { lines: section, msg: 'OK' } : { lines: [], msg: 'section removed' }
  }
  return state === 'present' ? setOption(section, option, wish) : removeOption(section, option, wish)
}

function removeOption(section: readonly string[], option: string, { exclusive, values }: IniWish): Edited {
  const lines = section.filter((line) => {
    const value = valueIn(line, option, false)
    return value === undefined || !(exclusive || values.includes(value))
  })
  return { lines, msg: lines.length === section.length ? 'OK' : 'option changed' }
}

function setOption(section: readonly string[], option: string, wish: IniWish): Edited {
  const lines: (string | undefined)[] = [...section]
  const left = [...wish.values]
  const settled = new Set<number>()
  const value = (index: number) => valueIn(section[index]!, option, wish.modify_inactive_option)
  const settle = (index: number, line: string) => {
    lines[index] = wish.ignore_spaces && sameButSpaces(section[index]!, line) ? section[index] : line
    settled.add(index)
  }
  for (const index of section.keys()) {
    const at = left.indexOf(value(index) ?? '\0')
    if (at >= 0) {
      const [wanted] = left.splice(at, 1)
      settle(index, wanted === '' && wish.allow_no_value ? option : assignment(option, wanted!, wish))
    } else if (value(index) !== undefined && wish.values.length === 0 && settled.size === 0)
      settle(index, option)
  }
  if (wish.exclusive && !wish.allow_no_value) {
    for (const index of section.keys()) {
      if (settled.has(index) || value(index) === undefined) continue
      if (left.length > 0) settle(index, assignment(option, left.shift()!, wish))
      else if (index > 0 || wish.section === undefined) lines[index] = undefined
    }
  }
  const kept = lines.filter((line) => line !== undefined)
  const missing =
    wish.values.length === 0
      ? settled.size === 0
        ? [option]
        : []
      : left.map((each) => assignment(option, each, wish))
  const changed = kept.length !== section.length || kept.some((line, index) => line !== section[index])
  if (missing.length === 0) return { lines: kept, msg: changed ? 'option changed' : 'OK' }
  const last = kept.findLastIndex((line) => !/^[ \t]*([#;].*)?$/.test(line))
  return { lines: kept.toSpliced(last + 1, 0, ...missing), msg: 'option added' }
}

function optionLines(option: string, wish: IniWish): string[] {
  return wish.values.length === 0 ? [option] : wish.values.map((value) => assignment(option, value, wish))
}

function assignment(option: string, value: string, { no_extra_spaces }: IniWish): string {
  return no_extra_spaces ? `${option}=${value}` : `${option} = ${value}`
}

/** The value that a line gives an option, empty where it stands alone; undefined when the line is about another. */
function valueIn(line: string, option: string, inactive: boolean): string | undefined {
  const comment = inactive ? '[#;]?' : ''
  const pattern = new RegExp(`^${comment}[ \\t]*${RegExp.escape(option)}[ \\t]*(?:=[ \\t]*(.*))?$`)
  const match = pattern.exec(line)
  return match ? (match[1] ?? '') : undefined
}

function sameButSpaces(one: string, other: string): boolean {
  const tight = (line: string) => line.replace(/[ \t]*=[ \t]*/, '=').trim()
  return tight(one) === tight(other)
}
