import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { Unknown } from '../../variables/unknown.ts'
import type { Call, Program } from '../sh/shell.ts'
import { joinTexts, mapText, type Status, type Text, truth } from '../sh/text.ts'
import { type Options, takeOptions } from './arguments.ts'
import { posixRegExp } from './posix-regexp.ts'
import { sed } from './sed.ts'

/** Programs that turn texts into texts. */
export const textPrograms: Readonly<Record<string, Program>> = {
  cat: (call) => {
    const words = call.words.filter(
      (word) => typeof word !== 'string' || word === '-' || !word.startsWith('-'),
    )
    const texts = words.length === 0 ? [call.input.all()] : words.map((word) => fileText(word, call))
    call.print(joinTexts(texts))
    return 0
  },
  grep,
  egrep: (call) => grep({ ...call, words: ['-E', ...call.words] }),
  fgrep: (call) => grep({ ...call, words: ['-F', ...call.words] }),
  sed,
  cut: filter(['d', 'f', 'c', 'b'], ({ values }, text) => {
    const fields = values.get('f') ?? values.get('c') ?? values.get('b') ?? ''
    const delimiter = values.has('f') ? (values.get('d') ?? '\t') : ''
    return eachLine(text, (line) => {
      if (delimiter !== '' && !line.includes(delimiter)) return line
      return ranges(fields, line.split(delimiter)).join(delimiter)
    })
  }),
  tr: filter(
    [],
    ({ flags, rest: [from = '', to = ''] }, text) => {
      const left = characters(from)
      const right = characters(to)
      const without = flags.has('d')
      if (flags.has('s') || flags.has('c')) return new Unknown({ what: 'tr' })
      return Array.from(text)
        .map((each) => translated(each, left, right, without))
        .join('')
    },
    false,
  ),
  head: filter(['n', 'c'], ({ values }, text) => firstLines(text, Number(values.get('n') ?? 10))),
  tail: filter(['n', 'c'], ({ values }, text) => {
    const lines = linesOf(text)
    return ended(lines.slice(-Number(values.get('n') ?? 10)))
  }),
  sort: filter(['k', 't'], ({ flags, values }, text) => {
    if (values.size > 0 || flags.has('n') || flags.has('V')) return new Unknown({ what: 'sort' })
    const lines = linesOf(text).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    const sorted = flags.has('r') ? lines.reverse() : lines
    return ended(flags.has('u') ? [...new Set(sorted)] : sorted)
  }),
  uniq: filter([], ({ flags }, text) => {
    const groups: { line: string; count: number }[] = []
    for (const line of linesOf(text)) {
      if (groups.at(-1)?.line === line) groups.at(-1)!.count++
      else groups.push({ line, count: 1 })
    }
    return ended(
      groups.map(({ line, count }) => (flags.has('c') ? `${String(count).padStart(7)} ${line}` : line)),
    )
  }),
  wc: filter([], ({ flags }, text) =>
    flags.has('l') ? `${linesOf(text).length}\n` : new Unknown({ what: 'wc' }),
  ),
  basename: pathPart((path, suffix) => {
    const name = posix.basename(path)
    return suffix !== undefined && name !== suffix && name.endsWith(suffix)
      ? name.slice(0, -suffix.length)
      : name
  }),
  dirname: pathPart((path) => posix.dirname(path)),
  md5sum: (call) => checksums(call, 'md5'),
  sha256sum: (call) => checksums(call, 'sha256'),
  cmp: sameFiles,
  diff: sameFiles,
  seq: ({ words, print }) => {
    const [first, last] = words.length === 1 ? [1, Number(words[0])] : [Number(words[0]), Number(words[1])]
    print(ended(Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => String(first + index))))
    return 0
  },
}

/** A program that reads files, or its standard input, and prints what becomes of the text. */
function filter(
  valued: readonly string[],
  change: (options: Options, text: string) => Text,
  takesFiles = true,
): Program {
  return (call) => {
    const options = takeOptions(call.words, valued)
    if (options instanceof Unknown) {
      call.print(options)
      return 0
    }
    const files = takesFiles ? options.rest : []
    const text = files.length === 0 ? call.input.all() : joinTexts(files.map((file) => fileText(file, call)))
    call.print(mapText(text, (plain) => change(options, plain)))
    return 0
  }
}

function grep(call: Call): Status {
  const options = takeOptions(call.words, ['e', 'f', 'm', 'A', 'B', 'C'])
  if (
    options instanceof Unknown ||
    options.values.has('f') ||
    options.flags.has('r') ||
    options.flags.has('P')
  ) {
    const unknown = options instanceof Unknown ? options : new Unknown({ what: 'grep' })
    call.print(unknown)
    return unknown
  }
  const { flags, values, rest } = options
  const [pattern = '', ...files] = values.has('e') ? [values.get('e')!, ...rest] : rest
  const texts = files.length === 0 ? [call.input.all()] : files.map((file) => fileText(file, call))
  const text = joinTexts(texts)
  if (text instanceof Unknown) {
    if (!flags.has('q')) call.print(text)
    return text
  }
  const expression = posixRegExp(pattern, {
    extended: flags.has('E'),
    fixed: flags.has('F'),
    ignoreCase: flags.has('i'),
    whole: flags.has('x'),
    word: flags.has('w'),
  })
  if (expression === undefined) return new Unknown({ what: `grep ${pattern}` })
  const matching = linesOf(text).filter((line) => expression.test(line) !== flags.has('v'))
  if (flags.has('c')) call.print(`${matching.length}\n`)
  else if (flags.has('o')) call.print(ended(matching.flatMap((line) => expression.exec(line)?.[0] ?? [])))
  else if (!flags.has('q') && !flags.has('l')) call.print(ended(matching))
  return truth(matching.length > 0)
}

function checksums(call: Call, algorithm: string): Status {
  const files = call.words.filter((word) => typeof word !== 'string' || !word.startsWith('-'))
  if (files.length === 0) {
    call.print(
      mapText(call.input.all(), (text) => `${createHash(algorithm).update(text).digest('hex')}  -\n`),
    )
    return 0
  }
  for (const file of files) {
    if (file instanceof Unknown) {
      call.print(file)
      continue
    }
    const bytes = call.machine.readBytes(call.shell.resolve(file))
    if (bytes === null) return 1
    call.print(
      bytes instanceof Unknown ? bytes : `${createHash(algorithm).update(bytes).digest('hex')}  ${file}\n`,
    )
  }
  return 0
}

function sameFiles(call: Call): Status {
  const options = takeOptions(call.words)
  if (options instanceof Unknown) return options
  const [left, right] = options.rest
    .slice(0, 2)
    .map((file) => call.machine.readBytes(call.shell.resolve(file)))
  if (left instanceof Unknown) return left
  if (right instanceof Unknown) return right
  if (!left || !right) return 2
  return truth(left.equals(right))
}

function pathPart(part: (path: string, suffix?: string) => string): Program {
  return ({ words: [path, suffix], print }) => {
    print(mapText(path ?? '', (text) => `${part(text, typeof suffix === 'string' ? suffix : undefined)}\n`))
    return 0
  }
}

function fileText(word: Text, call: Call): Text {
  if (word instanceof Unknown) return word
  if (word === '-') return call.input.all()
  return word === '/dev/null' ? '' : call.machine.readText(call.shell.resolve(word))
}

export function linesOf(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

export function ended(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}

function eachLine(text: string, change: (line: string) => string): string {
  return ended(linesOf(text).map((line) => change(line)))
}

function firstLines(text: string, count: number): string {
  return ended(linesOf(text).slice(0, count))
}

// `1,3-5,7-`
function ranges(list: string, parts: readonly string[]): string[] {
  return parts.filter((_, index) =>
    list.split(',').some((range) => {
      const [from, to] = range.includes('-') ? range.split('-') : [range, range]
      return index + 1 >= Number(from || 1) && index + 1 <= (to === '' ? Infinity : Number(to))
    }),
  )
}

function characters(set: string): string[] {
  const plain = set
    .replaceAll('[:upper:]', 'A-Z')
    .replaceAll('[:lower:]', 'a-z')
    .replaceAll('[:space:]', ' \t\n\r')
    .replaceAll(/\\n/g, '\n')
    .replaceAll(/\\t/g, '\t')
  return Array.from(
    plain.replaceAll(/(.)-(.)/gsu, (_, first: string, last: string) => {
      const [from, to] = [first.codePointAt(0)!, last.codePointAt(0)!]
      return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) =>
        String.fromCodePoint(from + index),
      ).join('')
    }),
  )
}

function translated(
  character: string,
  from: readonly string[],
  to: readonly string[],
  without: boolean,
): string {
  const at = from.lastIndexOf(character)
  if (at < 0) return character
  return without ? '' : (to[Math.min(at, to.length - 1)] ?? '')
}
