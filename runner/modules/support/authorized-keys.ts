/** A line of an authorized_keys file that is a key. */
export interface AuthorizedKey {
  readonly options: string
  readonly type: string
  readonly blob: string
  readonly comment: string
}

const TYPE = /^(?:ssh-|ecdsa-|sk-ssh-|sk-ecdsa-)\S+$/

/** A key's line taken apart: `[options] type blob [comment]`. Undefined when it is none. */
export function parseKey(line: string): AuthorizedKey | undefined {
  const words = splitOutsideQuotes(line)
  const at = words.findIndex((word) => TYPE.test(word))
  if (at < 0 || at > 1 || !/^[A-Za-z0-9+/]+=*$/.test(words[at + 1] ?? '')) return undefined
  return {
    options: at === 1 ? words[0]! : '',
    type: words[at]!,
    blob: words[at + 1]!,
    comment: words.slice(at + 2).join(' '),
  }
}

/** Every line of a file, with its key where it is one. */
export function parseKeys(
  text: string,
): { readonly line: string; readonly key: AuthorizedKey | undefined }[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line) => ({ line, key: line.trim().startsWith('#') ? undefined : parseKey(line.trim()) }))
}

export function formatKey({ options, type, blob, comment }: AuthorizedKey): string {
  return [options, type, blob, comment].filter((part) => part !== '').join(' ')
}

/** Whether both are the same key, whatever their options and comments. */
export function sameKey(a: AuthorizedKey, b: AuthorizedKey): boolean {
  return a.type === b.type && a.blob === b.blob
}

// Options may hold quoted white space: command="a b" ssh-ed25519 …
function splitOutsideQuotes(line: string): string[] {
  return line.match(/(?:"(?:\\.|[^"\\])*"|[^\s"])+/g) ?? []
}
