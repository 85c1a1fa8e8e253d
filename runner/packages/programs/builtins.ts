import { Unknown } from '../../variables/unknown.ts'
import { ShellSyntaxError } from '../sh/syntax.ts'
import type { Call, Program } from '../sh/shell.ts'
import { joinTexts, mapText, type Status, type Text } from '../sh/text.ts'
import { beyond } from './arguments.ts'
import { test } from './test.ts'

/** Where programs are looked for. */
const PATH = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin']

/** The shell's own commands. */
export const builtins: Readonly<Record<string, Program>> = {
  ':': () => 0,
  true: () => 0,
  false: () => 1,
  test,
  '[': test,
  echo: ({ words, print }) => {
    const bare = words[0] === '-n'
    print(joinTexts([joinTexts(bare || words[0] === '-e' ? words.slice(1) : words, ' '), bare ? '' : '\n']))
    return 0
  },
  printf: ({ words: [format, ...values], print }) => {
    print(mapText(format ?? '', (text) => printed(text, values)))
    return 0
  },
  set: ({ words, shell }) => {
    shell.setOption(words)
    return 0
  },
  export: assign,
  readonly: assign,
  local: assign,
  unset: ({ words, shell }) => {
    for (const word of words) if (typeof word === 'string') shell.unset(word)
    return 0
  },
  shift: ({ words: [count], shell }) => {
    shell.positional = shell.positional.slice(typeof count === 'string' ? Number(count) : 1)
    return 0
  },
  return: ({ words, shell }) => shell.leave('return', words[0]),
  exit: ({ words, shell }) => shell.leave('exit', words[0]),
  break: ({ shell }) => shell.leave('break', '0'),
  continue: ({ shell }) => shell.leave('continue', '0'),
  exec: ({ words, run }) => (words.length === 0 ? 0 : run(words)),
  eval: (call) => mapTextStatus(joinTexts(call.words, ' '), (text) => sourced(text, call)),
  '.': source,
  source,
  cd: ({ words: [directory = '/'], shell, machine }) => {
    if (directory instanceof Unknown) return directory
    const path = shell.resolve(directory)
    const status = machine.stat(path)
    if (!(status instanceof Unknown) && status.type !== 'directory') return 1
    shell.directory = path
    return status instanceof Unknown ? status : 0
  },
  pwd: ({ shell, print }) => {
    print(`${shell.directory}\n`)
    return 0
  },
  read: ({ words, input, shell }) => {
    const names = words.filter((word): word is string => typeof word === 'string' && !word.startsWith('-'))
    const line = input.line()
    if (line === undefined) {
      for (const name of names) shell.set(name, '')
      return 1
    }
    if (line instanceof Unknown) {
      for (const name of names) shell.set(name, line)
      return line
    }
    const parts = line.trim().split(/[ \t]+/)
    for (const [index, name] of names.entries()) {
      const last = index === names.length - 1
      shell.set(name, last ? parts.slice(index).join(' ') : (parts[index] ?? ''))
    }
    return 0
  },
  trap: () => 0,
  wait: () => 0,
  umask: ({ words: [mask], machine }) => {
    if (typeof mask === 'string' && /^[0-7]+$/.test(mask)) machine.umask = Number.parseInt(mask, 8)
    return 0
  },
  command: (call) => {
    const [first, ...rest] = call.words
    return first === '-v' || first === '-V' ? which({ ...call, words: rest }) : call.run(call.words)
  },
  type: which,
  which,
  env: (call) => {
    const words = call.words.filter((word) => typeof word !== 'string' || !/^(?:\w+=|-)/.test(word))
    return words.length === 0 ? 0 : call.run(words)
  },
  nice: ({ words, run }) => run(words.filter((word) => typeof word !== 'string' || !word.startsWith('-'))),
}

function assign({ words, shell }: Call): Status {
  for (const word of words) {
    const match = typeof word === 'string' ? /^(\w+)=([^]*)$/.exec(word) : null
    if (match) shell.set(match[1]!, match[2]!)
  }
  return 0
}

function source(call: Call): Status {
  const [path, ...words] = call.words
  if (path === undefined || path instanceof Unknown) return beyond(call)
  // The library of debconf: its functions are programs here.
  if (path.endsWith('/debconf/confmodule') || path.endsWith('/debconf/confmodule.sh')) return 0
  const bytes = call.machine.readBytes(call.shell.resolve(path))
  if (bytes instanceof Unknown) return beyond(call)
  if (bytes === null) return 2
  const before = call.shell.positional
  if (words.length > 0) call.shell.positional = words
  const status = sourced(bytes.toString('utf8'), call)
  call.shell.positional = before
  return status
}

function sourced(text: string, call: Call): Status {
  try {
    return call.shell.source(text, call.print)
  } catch (error) {
    if (error instanceof ShellSyntaxError) return beyond(call)
    throw error
  }
}

function which({ words, machine, print, shell }: Call): Status {
  let status: Status = 0
  for (const word of words) {
    if (word instanceof Unknown) return word
    if (word.startsWith('-')) continue
    const paths = word.includes('/') ? [shell.resolve(word)] : PATH.map((directory) => `${directory}/${word}`)
    const found = paths.map((path) => ({ path, there: machine.stat(path) }))
    const first = found.find(({ there }) => there instanceof Unknown || there.type === 'file')
    if (first === undefined) status = 1
    else if (first.there instanceof Unknown) return first.there
    else print(`${first.path}\n`)
  }
  return status
}

function mapTextStatus(text: Text, run: (text: string) => Status): Status {
  return text instanceof Unknown ? text : run(text)
}

function printed(format: string, values: readonly Text[]): Text {
  const parts: Text[] = []
  let at = 0
  do {
    for (const piece of format.split(/(%[-0-9.]*[a-zA-Z%]|\\(?:[0-7]{1,3}|[^]))/)) {
      if (piece === '%%') parts.push('%')
      else if (/^%.*[sdiu]$/.test(piece)) parts.push(values[at++] ?? '')
      else if (piece.startsWith('%') && piece.length > 1) return new Unknown({ what: `printf ${format}` })
      else if (piece.startsWith('\\')) parts.push(ESCAPES[piece[1]!] ?? piece)
      else parts.push(piece)
    }
  } while (at > 0 && at < values.length)
  return joinTexts(parts)
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  '\\': '\\',
  '"': '"',
  '0': '\0',
  r: '\r',
}
