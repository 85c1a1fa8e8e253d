import { Unknown } from '../../variables/unknown.ts'
import type { Call, Program } from '../sh/shell.ts'
import { joinTexts, type Text } from '../sh/text.ts'
import { beyond, takeOptions } from './arguments.ts'
import { posixRegExp } from './posix-regexp.ts'

interface Instruction {
  /** The lines it is for; all without. */
  readonly address?: RegExp
  readonly not: boolean
  readonly command: 's' | 'd' | 'p'
  readonly from?: RegExp
  readonly to?: string
  readonly prints?: boolean
}

/** `sed` with `s`, `d` and `p` for lines that match, also in place. What goes beyond is unknown. */
export const sed: Program = (call) => {
  const options = takeOptions(
    call.words.map((word) => (word === '-i' ? '--in-place' : word)),
    ['e', '--expression', 'f'],
  )
  if (options instanceof Unknown || options.values.has('f')) return unknownOutput(call)
  const scripts = expressions(call.words)
  const files = scripts.length > 0 ? options.rest : options.rest.slice(1)
  if (scripts.length === 0) scripts.push(options.rest[0] ?? '')
  const quiet = options.flags.has('n') || options.flags.has('--quiet')
  const extended = options.flags.has('E') || options.flags.has('r')
  const program = parse(scripts.join('\n'), extended)
  if (!program) return unknownOutput(call)
  if (options.flags.has('--in-place') || [...options.values.keys()].includes('--in-place')) {
    for (const file of files) {
      const path = call.shell.resolve(file)
      const text = call.machine.readText(path)
      call.machine.write(path, text instanceof Unknown ? text : run(program, text, quiet))
    }
    return 0
  }
  const texts: Text[] =
    files.length === 0
      ? [call.input.all()]
      : files.map((file) => (file === '/dev/null' ? '' : call.machine.readText(call.shell.resolve(file))))
  const text = joinTexts(texts)
  call.print(text instanceof Unknown ? text : run(program, text, quiet))
  return 0
}

function unknownOutput(call: Call) {
  if (call.words.some((word) => typeof word === 'string' && word.startsWith('-i'))) return beyond(call)
  call.print(new Unknown({ what: '`sed`' }))
  return 0
}

function expressions(words: readonly Text[]): string[] {
  return words.flatMap((word, index) => {
    if (typeof word !== 'string') return []
    const next = words[index + 1]
    if (/^-[nEr]*e$/.test(word) || word === '--expression') return typeof next === 'string' ? [next] : []
    return word.startsWith('--expression=') ? [word.slice('--expression='.length)] : []
  })
}

function parse(script: string, extended: boolean): Instruction[] | undefined {
  const program: Instruction[] = []
  let rest = script.trim()
  while (rest !== '') {
    const address = /^\/((?:[^/\\]|\\.)*)\/\s*(!?)\s*/.exec(rest)
    if (address) rest = rest.slice(address[0].length)
    const expression = address ? posixRegExp(address[1]!.replaceAll('\\/', '/'), { extended }) : undefined
    if (address && !expression) return undefined
    const common = { address: expression, not: address?.[2] === '!' }
    if (/^[dp]\s*(;|\n|$)/.test(rest)) program.push({ ...common, command: rest[0] as 'd' | 'p' })
    else if (rest.startsWith('s') && rest.length > 3) {
      const instruction = substitution(rest, extended)
      if (!instruction) return undefined
      program.push({ ...common, ...instruction.value })
      rest = instruction.rest
      continue
    } else return undefined
    rest = rest.slice(1).replace(/^\s*[;\n]?\s*/, '')
  }
  return program
}

function substitution(
  text: string,
  extended: boolean,
): { value: Pick<Instruction, 'command' | 'from' | 'to' | 'prints'>; rest: string } | undefined {
  const delimiter = text[1]!
  const parts: string[] = ['']
  let at = 2
  for (; at < text.length && parts.length < 3; at++) {
    if (text[at] === delimiter) parts.push('')
    else if (text[at] === '\\' && text[at + 1] === delimiter) parts[parts.length - 1] += text[++at]!
    else if (text[at] === '\\') parts[parts.length - 1] += text[at]! + (text[++at] ?? '')
    else parts[parts.length - 1] += text[at]!
  }
  if (parts.length < 3) return undefined
  const flags = /^([gip]*)\s*(?:[;\n]\s*|$)/.exec(text.slice(at))
  if (!flags) return undefined
  const from = posixRegExp(parts[0]!, {
    extended,
    global: flags[1]!.includes('g'),
    ignoreCase: flags[1]!.includes('i'),
  })
  if (!from) return undefined
  return {
    value: { command: 's', from, to: parts[1]!, prints: flags[1]!.includes('p') },
    rest: text.slice(at + flags[0].length),
  }
}

function run(program: readonly Instruction[], text: string, quiet: boolean): string {
  const lines = text.split('\n')
  const open = lines.at(-1) !== ''
  if (!open) lines.pop()
  const printed: string[] = []
  for (const original of lines) {
    let line = original
    let deleted = false
    for (const { address, not, command, from, to, prints } of program) {
      if (address && address.test(line) === not) continue
      if (command === 'd') {
        deleted = true
        break
      }
      if (command === 'p') printed.push(line)
      else {
        const after = line.replace(from!, (...match) => replacement(to!, match as string[]))
        if (prints && (after !== line || line.search(from!) >= 0)) printed.push(after)
        line = after
      }
    }
    if (!deleted && !quiet) printed.push(line)
  }
  return printed.map((line, index) => (open && index === printed.length - 1 ? line : `${line}\n`)).join('')
}

function replacement(to: string, match: readonly string[]): string {
  return to.replaceAll(
    /\\([0-9n&\\])|\\(.)|&/g,
    (whole, known: string | undefined, other: string | undefined) => {
      if (whole === '&') return match[0]!
      if (other !== undefined) return other
      if (known === 'n') return '\n'
      return /\d/.test(known!) ? (match[Number(known)] ?? '') : known!
    },
  )
}
