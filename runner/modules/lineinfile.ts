import { expandReplacement, pythonRegex } from '../expressions/python/regex.ts'
import { args, bool, choice, optional, path, raw, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed, type ModuleResult, type Outcome, unchanged } from './outcome.ts'
import { attributeArguments } from './support/attributes.ts'
import { editText } from './support/edit-text.ts'
import { contentOf } from './support/reads-later.ts'
import { hostPath } from './support/host-path.ts'
import { textOf } from '../variables/text.ts'

const schema = args({
  path: path('The file.', { aliases: ['dest', 'destfile', 'name'] }),
  regexp: optional(text('What the line to replace or remove matches.', { aliases: ['regex'] })),
  search_string: optional(text('What the line to replace or remove holds, literally.')),
  state: choice(['present', 'absent'], 'Whether the line is to be there.', { default: 'present' }),
  line: optional(raw('The line.', { aliases: ['value'] })),
  backrefs: bool('`line` refers to groups of `regexp`; without a match nothing is done.', { default: false }),
  insertafter: optional(text('A new line goes after the last match of this, or to the end (EOF).')),
  insertbefore: optional(text('A new line goes before the last match of this, or to the beginning (BOF).')),
  firstmatch: bool('With insertafter and insertbefore: the first match instead of the last.', {
    default: false,
  }),
  create: bool('Make the file when it is missing.', { default: false }),
  backup: bool('Keep the old file beside the new one.', { default: false }),
  validate: optional(text('A command that must accept the file before it is put in place; %s is its path.')),
  ...attributeArguments,
})

export default defineModule({
  name: 'lineinfile',
  summary: 'Makes sure that a line is in a text file, or is not.',
  touches: ['path'],
  args: schema,
  readsLater: ({ path }) => contentOf(path),
  plan: (given, planning) => {
    const { regexp, search_string, backrefs, state } = given
    const line = given.line === undefined || given.line === null ? undefined : textOf(given.line)
    if (given.insertbefore !== undefined && given.insertafter !== undefined)
      return failed('insertbefore and insertafter are mutually exclusive')
    if (regexp !== undefined && search_string !== undefined)
      return failed('regexp and search_string are mutually exclusive')
    if (state === 'present' && line === undefined) return failed('line is required with state=present')
    if (state === 'present' && backrefs && regexp === undefined)
      return failed('regexp is required with backrefs=true')
    if (state === 'absent' && line === undefined && regexp === undefined && search_string === undefined) {
      return failed('one of line, search_string, or regexp is required with state=absent')
    }
    if (state === 'absent' && planning.files.stat(hostPath(given.path, planning)).status.type === 'absent')
      return unchanged({ msg: 'file not present' })
    const find = lineFinder(regexp, search_string)
    const outcome = editText(
      { ...given, noun: 'Destination', create: given.create && state === 'present' },
      planning,
      (before) => {
        const lines = splitLines(before ?? '')
        return state === 'absent'
          ? withoutLines(lines, (each) => (find ? find(each) !== null : each === line))
          : withLine(lines, line!, { ...given, find })
      },
    )
    const named = given.backup ? withBackupName(outcome) : outcome
    const warning = warningOf(given)
    return warning === undefined ? named : withWarning(named, warning)
  },
})

function warningOf({ regexp, search_string }: { regexp?: string; search_string?: string }) {
  if (regexp === '')
    return (
      'The regular expression is an empty string, which will match every line in the file. ' +
      'This may have unintended consequences, such as replacing the last line in the file rather than appending. ' +
      "If this is desired, use '^' to match every line in the file and avoid this warning."
    )
  if (search_string === '')
    return (
      'The search string is an empty string, which will match every line in the file. ' +
      'This may have unintended consequences, such as replacing the last line in the file rather than appending.'
    )
  return undefined
}

function withWarning(outcome: Outcome, warning: string): Outcome {
  return outcome.type === 'unchanged' || outcome.type === 'change'
    ? { ...outcome, result: { ...outcome.result, warnings: [warning] } }
    : outcome
}

// This module's own name for what others call `backup_file`.
function withBackupName(outcome: Outcome): Outcome {
  if (outcome.type !== 'change') return outcome
  const named = (result: ModuleResult): ModuleResult =>
    result['backup_file'] === undefined ? result : { ...result, backup: result['backup_file'] }
  const { result, finish } = outcome
  return {
    ...outcome,
    result: named(result),
    ...(finish ? { finish: (answer) => named(finish(answer)) } : {}),
  }
}

type Find = (line: string) => RegExpMatchArray | null

function lineFinder(regexp: string | undefined, literal: string | undefined): Find | undefined {
  if (regexp !== undefined) {
    const pattern = pythonRegex(regexp, { global: false })
    return (line) => pattern.exec(line)
  }
  if (literal !== undefined)
    return (line) =>
      line.includes(literal) ? (Object.assign([literal], { index: 0 }) as RegExpMatchArray) : null
  return undefined
}

interface Wish {
  readonly find: Find | undefined
  readonly backrefs: boolean
  readonly insertafter?: string
  readonly insertbefore?: string
  readonly firstmatch: boolean
}

// Follows what Ansible's documentation says of each argument: a match of regexp is replaced (the last one), else a line
// that is there already is left alone, else the line is put where insertafter or insertbefore say. Lines have their ends.
function withLine(lines: string[], wanted: string, wish: Wish) {
  const { find, backrefs, insertafter, insertbefore, firstmatch } = wish
  const contents = lines.map((each) => withoutEnd(each))
  const matches = (index: number) => find?.(contents[index]!) != null
  const matched = firstmatch
    ? contents.findIndex((_, index) => matches(index))
    : contents.findLastIndex((_, index) => matches(index))
  const line = (text: string) => (text.endsWith('\n') ? text : `${text}\n`)
  const put = (at: number, text: string) =>
    lines[at] === text ? done(null, '') : done(lines.with(at, text), 'line replaced')
  if (matched >= 0) {
    const match = find!(contents[matched]!)!
    return put(matched, line(backrefs ? expandReplacement(wanted, match) : wanted))
  }
  if (backrefs) return done(null, '')
  const there = contents.lastIndexOf(wanted)
  if (there >= 0) return put(there, line(wanted))
  const insert = (at: number) =>
    done((at < lines.length ? lines : ended(lines)).toSpliced(at, 0, line(wanted)), 'line added')
  if (insertbefore === 'BOF' || insertafter === 'BOF') return insert(0)
  const place = insertbefore ?? insertafter ?? 'EOF'
  const anchor = place === 'EOF' ? -1 : anchorOf(contents, place, firstmatch)
  if (anchor === -1) return insert(lines.length)
  return insert(insertbefore === undefined ? anchor + 1 : anchor)
}

function anchorOf(lines: readonly string[], pattern: string, first: boolean): number {
  const anchor = pythonRegex(pattern, { global: false })
  return first
    ? lines.findIndex((each) => anchor.test(each))
    : lines.findLastIndex((each) => anchor.test(each))
}

function withoutLines(lines: readonly string[], unwanted: (line: string) => boolean) {
  const kept = lines.filter((each) => !unwanted(withoutEnd(each)))
  const found = lines.length - kept.length
  return found === 0 ? done(null, '', 0) : done(kept, `${found} line(s) removed`, found)
}

function done(lines: readonly string[] | null, msg: string, found?: number) {
  return {
    text: lines && lines.join(''),
    result: { msg, backup: '', ...(found === undefined ? {} : { found }) },
  }
}

function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

function withoutEnd(line: string): string {
  return line.replace(/[\r\n]+$/, '')
}

/** The lines with an end to the last one, so that another can follow. */
function ended(lines: readonly string[]): readonly string[] {
  const last = lines.at(-1)
  return last === undefined || last.endsWith('\n') ? lines : [...lines.slice(0, -1), `${last}\n`]
}
