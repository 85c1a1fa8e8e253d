/**
 * A file's permissions after `mode` was applied: octal text or a number, or chmod's symbolic form.
 *
 * @param current the bits before, or undefined for something new
 * @param isDirectory decides what `X` means
 * @param umask used where a clause names nobody (`+x`)
 * @throws {RangeError} when the text is no mode
 * @source https://docs.ansible.com/ansible/latest/collections/ansible/builtin/file_module.html#parameter-mode
 */
export function applyMode(
  wanted: string | number,
  current: number,
  isDirectory: boolean,
  umask: number,
): number {
  if (typeof wanted === 'number') return wanted & 0o7777
  if (/^0?o?[0-7]{3,5}$/.test(wanted)) return Number.parseInt(wanted.replace('o', ''), 8) & 0o7777
  let bits = current
  for (const clause of wanted.split(',')) bits = applyClause(clause, bits, isDirectory, umask)
  return bits
}

const WHO: Record<string, { readonly shift: number; readonly special: number }> = {
  u: { shift: 6, special: 0o4000 },
  g: { shift: 3, special: 0o2000 },
  o: { shift: 0, special: 0o1000 },
}

function applyClause(clause: string, before: number, isDirectory: boolean, umask: number): number {
  const match = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/.exec(clause.trim())
  if (!match)
    throw new RangeError(`'${clause}' is no mode: write it octal and quoted ("0644") or symbolic (u=rw,g=r)`)
  const named = match[1] !== ''
  const who = match[1] === '' || match[1]!.includes('a') ? ['u', 'g', 'o'] : [...new Set(match[1])]
  let bits = before
  for (const [, operator, permissions] of match[2]!.matchAll(/([-+=])([rwxXst]*|[ugo])/g)) {
    const original = bits
    for (const each of who) {
      const { shift, special } = WHO[each]!
      let value = 0
      let extra = 0
      for (const letter of permissions!) {
        if (letter === 'r') value |= 4
        else if (letter === 'w') value |= 2
        else if (letter === 'x') value |= 1
        else if (letter === 'X') value |= isDirectory || (original & 0o111) !== 0 ? 1 : 0
        else if (letter === 's') extra |= each === 'o' ? 0 : special
        else if (letter === 't') extra |= each === 'o' ? special : 0
        else value |= (original >> WHO[letter]!.shift) & 7
      }
      let mask = value << shift
      if (!named) mask &= ~umask
      if (operator === '+') bits |= mask | extra
      else if (operator === '-') bits &= ~(mask | extra)
      else {
        // A directory keeps its set-id bits, as chmod does.
        const keep = isDirectory && extra === 0 && each !== 'o' ? bits & special : 0
        bits = (bits & ~(7 << shift) & ~special) | mask | extra | keep
      }
    }
  }
  return bits
}
