import { Unknown } from '../../variables/unknown.ts'
import type { Call } from '../sh/shell.ts'
import type { Status, Text } from '../sh/text.ts'

/** A program's words taken apart. Letters alone and `--long` names; a value follows where the option takes one. */
export interface Options {
  readonly flags: ReadonlySet<string>
  readonly values: ReadonlyMap<string, string>
  readonly rest: readonly string[]
}

/**
 * Takes words apart after GNU's manner.
 *
 * @param valued options that take a value: `m`, `--mode`
 * @returns the unknown when a word is one: what such a call does cannot be told
 */
export function takeOptions(words: readonly Text[], valued: readonly string[] = []): Options | Unknown {
  const unknown = words.find((word) => word instanceof Unknown)
  if (unknown instanceof Unknown) return unknown
  const flags = new Set<string>()
  const values = new Map<string, string>()
  const rest: string[] = []
  const texts = words as readonly string[]
  for (let at = 0; at < texts.length; at++) {
    const word = texts[at]!
    if (word === '--') {
      rest.push(...texts.slice(at + 1))
      break
    }
    if (word.startsWith('--')) {
      const [name, value] = splitAtEquals(word)
      if (value !== undefined) values.set(name, value)
      else if (valued.includes(name)) values.set(name, texts[++at] ?? '')
      else flags.add(name)
    } else if (/^-[^-]/.test(word)) {
      for (let index = 1; index < word.length; index++) {
        const letter = word[index]!
        if (!valued.includes(letter)) flags.add(letter)
        else {
          values.set(letter, word.slice(index + 1) || (texts[++at] ?? ''))
          break
        }
      }
    } else rest.push(word)
  }
  return { flags, values, rest }
}

/** What a call does that is understood in general but not in this case. */
export function beyond(call: Call): Status {
  const reason = { what: `\`${[call.name, ...call.words].join(' ').slice(0, 60)}\`` }
  call.machine.untold(reason, call.words)
  call.print(new Unknown(reason))
  return new Unknown(reason)
}

function splitAtEquals(word: string): [string, string | undefined] {
  const at = word.indexOf('=')
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)]
}
