/**
 * POSIX shell text that is safe to run. The only ways to make one are the `sh` tag, which quotes whatever is put into
 * it, and `joinScripts`; so everything that reaches a shell is quoted by a type, never by hand.
 */
export class Script {
  readonly text: string

  /** @internal use the `sh` tag */
  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

export type Word = string | number | Script | readonly (string | number | Script)[]

/**
 * Builds a script. Interpolated strings and numbers become one quoted word each, arrays several words, scripts are
 * put in as they are.
 *
 * @example sh`chown ${owner}:${group} -- ${paths}`
 */
export function sh(parts: TemplateStringsArray, ...words: Word[]): Script {
  let text = parts[0]!
  for (const [index, word] of words.entries()) text += format(word) + parts[index + 1]!
  return new Script(text)
}

/** Scripts one after another, each on lines of its own. */
export function joinScripts(scripts: readonly Script[], separator = '\n'): Script {
  return new Script(scripts.map(({ text }) => text).join(separator))
}

/** Text that the playbook's author wrote as shell code (`shell:`, `raw:`), taken as it is. */
export function authoredScript(text: string): Script {
  return new Script(text)
}

/** One shell word that stands for exactly this text. Throws on NUL, which no shell word can hold. */
export function quote(text: string): string {
  if (text.includes('\0')) throw new Error('a shell word cannot hold a NUL character')
  return /^[\w@%+=:,./-]+$/.test(text) && !text.startsWith('-') && !text.includes('=')
    ? text
    : `'${text.replaceAll("'", `'\\''`)}'`
}

function format(word: Word): string {
  if (word instanceof Script) return word.text
  if (typeof word === 'string') return quote(word)
  if (typeof word === 'number') return String(word)
  return word.map((each) => format(each)).join(' ')
}
