import { gunzipSync } from 'node:zlib'
import { type AptWorld, enterWorld } from '../packages/apt-world.ts'
import { openScratch } from '../packages/scratch.ts'
import { type Script, sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

/** A package's archive: named by its version, to be fetched with the lists of a world, or a file on the host. */
export interface ArchiveKey {
  readonly world: AptWorld
  readonly name: string
  readonly version: string
  readonly architecture: string
  readonly file?: string
}

/** What an archive holds but for the files' contents. */
export interface Archive {
  readonly entries: readonly ArchiveEntry[]
  readonly conffiles: ReadonlySet<string>
  /** `preinst`, `postinst`, `config`, `templates` … as text. */
  readonly control: ReadonlyMap<string, string>
}

export interface ArchiveEntry {
  readonly path: string
  readonly type: 'file' | 'directory' | 'link' | 'other'
  readonly mode: number
  readonly owner: string
  readonly group: string
  readonly size: number
  /** Seconds since 1970. */
  readonly mtime: number
  /** Of a link: where it points; of a hard link: the path that has its content. */
  readonly target?: string
  readonly hard?: boolean
}

/** An archive, fetched into the session's scratch directory; null when it cannot be had. */
export const archive = defineResource<ArchiveKey, Archive | null>({
  name: 'archive',
  id: (key) => key.file ?? `${key.name}=${key.version}:${key.architecture}`,
  dear: true,
  read: (keys) => {
    return sh`( ${enterArchives(keys)}
describe() {
  control=$1.control
  [ -d "$control" ] || { dpkg-deb -e "$2" "$control" || return; }
  mkdir -p "$1.files"; mkfifo "$1.pipe"
  tar -x -C "$1.files" --no-same-owner --no-same-permissions --wildcards -f "$1.pipe" ${LIKELY} &
  dpkg-deb --fsys-tarfile "$2" | tee "$1.pipe" | TZ=UTC tar -tv --full-time -f - >"$1.entries"
  wait $!; rm -f "$1.pipe"
  {
    printf 'entries %s\\n' "$(stat -c %s "$1.entries")"; cat "$1.entries"
    for part in conffiles preinst postinst prerm postrm config templates; do
      [ ! -f "$control/$part" ] || { printf '%s %s\\n' "$part" "$(stat -c %s "$control/$part")"; cat "$control/$part"; }
    done
  } >"$1.new" && mv -- "$1.new" "$1.description"
}
running=0
for archive in ${keys.map((key) => `${label(key)}=${place(key)}`)}; do
  [ -e "\${archive%%=*}.description" ] || { describe "\${archive%%=*}" "\${archive#*=}" & running=$((running + 1)); }
  [ "$running" -lt 3 ] || { wait; running=0; }
done
wait
for archive in ${keys.map((key) => label(key))}; do
  [ ! -e "$archive.description" ] || cat "$archive.description"
  echo 'end 0'
done | gzip -1 ) 2>/dev/null`
  },
  parse: (answer, keys) => {
    const text = answer.length === 0 ? Buffer.alloc(0) : gunzipSync(answer)
    let at = 0
    return keys.map(() => {
      const parts = new Map<string, string>()
      for (;;) {
        const end = text.indexOf(10, at)
        if (end < 0) break
        const [name, size] = text.toString('latin1', at, end).split(' ')
        at = end + 1
        if (name === 'end') break
        parts.set(name!, text.toString('utf8', at, at + Number(size)))
        at += Number(size)
      }
      return parts.has('entries') ? archiveOf(parts) : null
    })
  },
})

// What scripts and tasks mostly look into: taken out while the archive is unpacked to be listed.
const LIKELY = [
  './etc/*',
  './lib/systemd/system/*',
  './usr/lib/systemd/system/*',
  './usr/lib/sysusers.d/*',
  './usr/lib/tmpfiles.d/*',
]

/** Shell code that goes to where the session keeps archives, and fetches those that are not there yet. */
export function enterArchives(keys: readonly ArchiveKey[]): Script {
  const fetched = keys.filter(({ file }) => file === undefined)
  const wanted = fetched.map((key) => `${fileName(key)}=${key.name}:${key.architecture}=${key.version}`)
  return sh`${openScratch}
mkdir -p "$scratch/archives"; cd "$scratch/archives" || exit
wanted=
for archive in ${[...new Set(wanted)]}; do
  [ -e "\${archive%%=*}" ] || wanted="$wanted \${archive#*=}"
done
if [ -n "$wanted" ]; then
${enterWorld({ ...keys[0]!.world, packages: [] }, { narrow: fetched.map(({ name }) => name) })}
private apt-get -qq download $(printf '%s\\n' $wanted | sed 's/:all=/=/') >&2
fi`
}

/** Where an archive is, seen from there. */
export function place(key: ArchiveKey): string {
  return key.file ?? fileName(key)
}

/** What its parts are named after. */
export function label(key: ArchiveKey): string {
  return `${key.name}_${key.version.replaceAll(/[^\w.+-]/g, '_')}_${key.architecture}`
}

/** An archive's file, as apt names what it fetches. */
export function fileName({ name, version, architecture }: ArchiveKey): string {
  return `${name}_${version.replaceAll(':', '%3a')}_${architecture}.deb`
}

function archiveOf(parts: ReadonlyMap<string, string>): Archive {
  const conffiles = (parts.get('conffiles') ?? '').split('\n').filter((line) => line.startsWith('/'))
  return {
    entries: parts
      .get('entries')!
      .split('\n')
      .flatMap((line) => entryOf(line)),
    conffiles: new Set(conffiles.map((line) => line.trim())),
    control: parts,
  }
}

// drwxr-xr-x root/root         0 2026-11-19 21:02:00 ./etc/nginx/
function entryOf(line: string): ArchiveEntry[] {
  const match =
    /^([-dlhcbp])(.{9}) (\S+?)\/(\S+) +(\d+|\d+,\d+) (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.\d+)? \.?(.*)$/.exec(
      line,
    )
  if (!match) return []
  const [, letter, bits, owner, group, size, time, rest] = match
  const separator = letter === 'l' ? ' -> ' : letter === 'h' ? ' link to .' : undefined
  const [name, target] =
    separator === undefined ? [rest!, undefined] : (rest!.split(separator) as [string, string?])
  const path = unescapeName(name.replace(/(.)\/$/, '$1'))
  return [
    {
      path,
      type: TYPES[letter!] ?? 'other',
      mode: modeOf(bits!),
      owner: owner!,
      group: group!,
      size: Number(size),
      mtime: Date.parse(`${time!.replace(' ', 'T')}Z`) / 1000,
      ...(target === undefined ? {} : { target: unescapeName(target) }),
      ...(letter === 'h' ? { hard: true } : {}),
    },
  ]
}

const TYPES: Readonly<Record<string, ArchiveEntry['type']>> = {
  '-': 'file',
  h: 'file',
  d: 'directory',
  l: 'link',
}

/** `rwsr-xr-t` */
function modeOf(letters: string): number {
  let mode = 0
  for (const [index, letter] of Array.from(letters).entries()) {
    if (!/[-ST]/.test(letter)) mode |= 0o400 >> index
    if (/[st]/i.test(letter)) mode |= [0o4000, 0o2000, 0o1000][Math.floor(index / 3)]!
  }
  return mode
}

// tar writes other bytes than plain ones as octal numbers.
function unescapeName(name: string): string {
  if (!name.includes('\\')) return name
  const bytes = name.replaceAll(/\\([0-7]{3}|.)/g, (_, code: string) =>
    code.length === 3
      ? String.fromCharCode(Number.parseInt(code, 8))
      : ({ n: '\n', t: '\t', '\\': '\\' }[code] ?? code),
  )
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
