/** What a netrc file knows of a machine: its login and password, or those of `default`; undefined where neither is there. */
export function netrcEntry(
  text: string,
  machine: string,
): { readonly user: string; readonly password: string } | undefined {
  const words = text.replaceAll(/^\s*#.*$/gm, '').match(/"(?:\\.|[^"\\])*"|\S+/g) ?? []
  const entries: { machine: string | null; user: string; password: string }[] = []
  for (let at = 0; at < words.length; at++) {
    const next = () => unquoted(words[++at] ?? '')
    const entry = entries.at(-1)
    if (words[at] === 'machine') entries.push({ machine: next(), user: '', password: '' })
    else if (words[at] === 'default') entries.push({ machine: null, user: '', password: '' })
    else if (words[at] === 'login' && entry) entry.user = next()
    else if (words[at] === 'password' && entry) entry.password = next()
    else if (words[at] === 'account') at++
    // A macro lasts to the next empty line; no entry comes after it that anybody could tell from its words.
    else if (words[at] === 'macdef') break
  }
  const found =
    entries.find((each) => each.machine === machine) ?? entries.find((each) => each.machine === null)
  return found && found.user !== '' ? { user: found.user, password: found.password } : undefined
}

function unquoted(word: string): string {
  return word.startsWith('"') ? word.slice(1, -1).replaceAll(/\\(.)/g, '$1') : word
}
