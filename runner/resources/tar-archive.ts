import { joinScripts, sh } from '../transport/shell.ts'
import { cleanName, type Member } from '../archives/member.ts'
import { defineResource } from './resource.ts'

/** What is in a tar archive on the host, without the bytes. */
export type TarListing = { readonly members: readonly Member[] } | { readonly error: string }

/** The members of a tar archive by its path; whatever compression the host's tar knows. */
export const tarListing = defineResource<string, TarListing>({
  name: 'tar listing',
  id: (key) => key,
  dear: true,
  // Names in quotes, so that no name can be taken for anything else; once with names of owners, once with numbers.
  read: (keys) =>
    joinScripts(
      keys.map(
        (key) => sh`list() { LC_ALL=C TZ=UTC tar -tvf ${key} --full-time --quoting-style=c "$@"; }
if answer=$(list 2>/dev/null && list --numeric-owner 2>/dev/null); then printf '%s\\0%s\\0\\0' "$answer" 0
else printf '\\0%s\\0%s\\0' 1 "$(list 2>&1 >/dev/null)"; fi`,
      ),
    ),
  parse: (answer, keys) => {
    const records = answer.toString('utf8').split('\0')
    return keys.map((_, index) => {
      const [listing = '', status, complaint = ''] = records.slice(index * 3)
      if (status !== '0') return { error: complaint.trim() || 'tar cannot read it' }
      const lines = listing.split('\n').filter(Boolean)
      const half = lines.length / 2
      return {
        members: lines.slice(0, half).flatMap((line, at) => memberOf(line, lines[half + at]!) ?? []),
      }
    })
  },
})

/** SHA-256 of each file in a tar archive on the host, by its name as the archive has it. */
export const tarDigests = defineResource<string, ReadonlyMap<string, string>>({
  name: 'tar digests',
  id: (key) => key,
  dear: true,
  read: (keys) =>
    joinScripts(
      keys.map(
        (key) =>
          sh`tar -xf ${key} --to-command='printf "%s\\0" "$TAR_FILENAME"; sha256sum' 2>/dev/null; printf '\\0/\\0'`,
      ),
    ),
  parse: (answer, keys) => {
    const archives = answer.toString('utf8').split('\0/\0')
    return keys.map((_, index) => {
      const parts = (archives[index] ?? '').split('\0')
      // Each digest is followed by the next file's name.
      const found = new Map<string, string>()
      for (let at = 0; at + 1 < parts.length; at++) {
        const name = at === 0 ? parts[0]! : parts[at]!.slice(parts[at]!.indexOf('\n') + 1)
        found.set(cleanName(name) ?? '', parts[at + 1]!.slice(0, 64))
      }
      return found
    })
  },
})

export interface TarMemberKey {
  readonly archive: string
  /** Its name in the archive, without `./` in front. */
  readonly name: string
}

/** The bytes of a file in a tar archive on the host; null when they cannot be had. */
export const tarContent = defineResource<TarMemberKey, Buffer | null>({
  name: 'tar content',
  id: ({ archive, name }) => `${archive} ${name}`,
  dear: true,
  read: (keys) =>
    joinScripts(
      keys.map(
        ({ archive, name }) =>
          sh`wanted=${name}; export wanted
if [ -r ${archive} ]; then tar -xf ${archive} --to-command='case $TAR_FILENAME in "$wanted" | "./$wanted") cat ;; *) cat >/dev/null ;; esac' 2>/dev/null | base64 -w0; else printf -; fi; printf '\\0'`,
      ),
    ),
  parse: (answer, keys) => {
    const parts = answer.toString('latin1').split('\0')
    return keys.map((_, index) => (parts[index] === '-' ? null : Buffer.from(parts[index] ?? '', 'base64')))
  },
})

const LINE =
  /^(.)(.{9})\S* ([^/]+)\/(\S+)\s+(\d+)(?:,\d+)? (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\S* "((?:[^"\\]|\\.)*)"(?:(?: ->| link to) "((?:[^"\\]|\\.)*)")?$/

const TYPES: Readonly<Record<string, Member['type']>> = {
  '-': 'file',
  d: 'directory',
  l: 'link',
  h: 'hard link',
}

function memberOf(line: string, numeric: string): Member | undefined {
  const match = LINE.exec(line)
  const numbers = LINE.exec(numeric)
  const name = match && cleanName(unquoted(match[7]!))
  if (!match || !numbers || name === undefined || name === null) return undefined
  const type = TYPES[match[1]!] ?? 'other'
  const target = match[8] === undefined ? undefined : unquoted(match[8])
  return {
    name,
    type,
    mode: modeOf(match[2]!),
    owner: match[3]!,
    group: match[4]!,
    uid: Number(numbers[3]),
    gid: Number(numbers[4]),
    size: type === 'file' ? Number(match[5]) : 0,
    mtime: Date.parse(`${match[6]!.replace(' ', 'T')}Z`) / 1000,
    ...(target === undefined ? {} : { target: type === 'hard link' ? cleanName(target) : target }),
  }
}

/** `rwxr-sr-t` */
function modeOf(text: string): number {
  const special = [0o4000, 0o2000, 0o1000]
  return [0, 1, 2].reduce((bits, who) => {
    const [r, w, x] = text.slice(who * 3, who * 3 + 3)
    const execute = x === 'x' || x === 's' || x === 't'
    return (
      bits |
      (((r === 'r' ? 4 : 0) | (w === 'w' ? 2 : 0) | (execute ? 1 : 0)) << ((2 - who) * 3)) |
      (/[sStT]/.test(x!) ? special[who]! : 0)
    )
  }, 0)
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, a: 7, b: 8, f: 12, v: 11 }

/** A C string's bytes, which are UTF-8. */
function unquoted(text: string): string {
  const bytes: number[] = []
  for (const [, octal, letter, plain] of text.matchAll(/\\([0-7]{1,3})|\\(.)|([^\\]+)/gs)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8))
    else if (letter !== undefined) bytes.push(ESCAPES[letter] ?? letter.charCodeAt(0))
    else bytes.push(...Buffer.from(plain!))
  }
  return Buffer.from(bytes).toString('utf8')
}
