import { posix } from 'node:path'
import type { Member } from '../archives/member.ts'
import { openArchive } from '../archives/open-archive.ts'
import { select } from '../archives/select.ts'
import { content } from '../resources/content.ts'
import { download } from '../resources/download.ts'
import { tarDigests, tarListing } from '../resources/tar-archive.ts'
import { type Script, sh } from '../transport/shell.ts'
import { textOf } from '../variables/text.ts'
import { type Arguments, args, bool, int, item, list, optional, path } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { failed, type Outcome, skipped } from './outcome.ts'
import { attributeArguments } from './support/attributes.ts'
import { webEnvironment } from './support/environment.ts'
import { hostPath } from './support/host-path.ts'
import { keepFile } from './support/keep-file.ts'
import { ownDigest, placeMembers } from './support/place-members.ts'
import { guard } from './support/run-command.ts'
import { sequence } from './support/sequence.ts'

const schema = args({
  src: path(
    'The archive (tar in any compression, or zip): on this side, on the host, or a URL with `remote_src`.',
  ),
  dest: path('The directory on the host to unpack into.'),
  remote_src: bool('`src` is on the host, or a URL that the host fetches.', { default: false }),
  copy: optional(bool('The opposite of `remote_src`; older name.')),
  creates: optional(path('A path or pattern; when something is there, nothing is unpacked.')),
  include: list(item.text, 'Only these members.', { default: [] }),
  exclude: list(item.text, 'Not these members; shell patterns.', { default: [] }),
  extra_opts: list(item.text, 'Options of tar: --strip-components=N, --no-same-owner.', { default: [] }),
  keep_newer: bool('Leave files that are newer than the archive’s.', { default: false }),
  list_files: bool('Return the names of the members.', { default: false }),
  io_buffer_size: int('Accepted; archives are unpacked as a whole.', { default: 65536 }),
  validate_certs: bool('Check the certificate of a URL.', { default: true }),
  decrypt: bool('Decrypt vaulted files.', { default: true }),
  ...attributeArguments,
})

type Given = Arguments<typeof schema>

export default defineModule({
  name: 'unarchive',
  summary: 'Unpacks an archive on the host.',
  touches: ['dest'],
  preview: 'shows every file that would be made or replaced; an archive from a URL is fetched for that.',
  args: schema,
  plan: (given, planning) => {
    if (given.include.length > 0 && given.exclude.length > 0)
      return failed('parameters are mutually exclusive: include|exclude')
    const guarded = guard({ creates: given.creates }, planning)
    if (guarded) return skipped(textOf(guarded['msg']))
    const options = readOptions(given.extra_opts)
    if ('error' in options) return failed(options.error)
    const dest = hostPath(given.dest, planning)
    const { path: real, status } = planning.files.stat(dest)
    if (status.type !== 'directory') return failed(`dest '${dest}' must be an existing dir`)
    const archive = open(given, planning)
    if ('error' in archive) return failed(archive.error)
    const members = select(archive.members, { ...given, ...options })
    return place(given, { ...archive, members }, { ...options, dest: real }, planning)
  },
})

interface Opened {
  readonly members: readonly Member[]
  /** The archive on the host, where that is what is unpacked. */
  readonly onHost?: string
}

function open(given: Given, planning: Planning): Opened | { readonly error: string } {
  const remote = given.copy === undefined ? given.remote_src : !given.copy
  if (!remote) {
    const file = planning.author.find('files', given.src)
    return file.directory ? { error: `${given.src} is a directory` } : { members: openArchive(file.bytes) }
  }
  if (/^[a-z]+:\/\//.test(given.src)) {
    const fetched = planning.state.read(download, {
      url: given.src,
      headers: {},
      timeout: 10,
      verify: given.validate_certs,
      agent: 'rehearsal',
      sum: 'sha1sum',
      ...webEnvironment(planning),
    })
    return 'error' in fetched
      ? { error: `Failure downloading ${given.src}: ${fetched.error}` }
      : openOnHost(fetched.path, planning)
  }
  const { path: real, status } = planning.files.stat(hostPath(given.src, planning))
  if (status.type !== 'file') return { error: `Source '${given.src}' does not exist` }
  return openOnHost(real, planning)
}

// The host's tar looks into it, unless it is yet to be written, or no tar.
function openOnHost(archive: string, { state }: Planning): Opened | { readonly error: string } {
  const predicted = state.predicted(content, archive)
  if (predicted instanceof Buffer) return { members: openArchive(predicted) }
  if (predicted !== undefined || /\.(zip|jar|war)$/i.test(archive)) {
    const bytes = state.read(content, archive)
    return bytes ? { members: openArchive(bytes) } : { error: `${archive} cannot be read` }
  }
  const listing = state.read(tarListing, archive)
  if (!('error' in listing)) return { members: listing.members, onHost: archive }
  const bytes = state.read(content, archive)
  if (bytes?.subarray(0, 2).toString('latin1') === 'PK') return { members: openArchive(bytes) }
  return { error: `Failed to find handler for "${archive}": ${listing.error}` }
}

function place(
  given: Given,
  { members, onHost }: Opened,
  { dest, strip, sameOwner }: Options & { dest: string },
  planning: Planning,
): Outcome {
  // Only root may give files away, and a zip archive knows no owners.
  const owners = members.every(({ uid }) => uid >= 0)
  const names = members.map(({ name, type }) => (type === 'directory' ? `${name}/` : name))
  const { owner, group, mode } = given
  const placed = (inside: Planning) =>
    placeMembers(
      {
        dest,
        members,
        digestOf: (member) =>
          onHost === undefined
            ? ownDigest(member)
            : planning.state.read(tarDigests, onHost).get(member.archived ?? member.name),
        attributes: given,
        keepNewer: given.keep_newer,
        sameOwner: sameOwner && owners && planning.identity().user === 'root',
        archive: onHost,
        onHost: onHost === undefined ? undefined : () => unpacking(onHost, given, dest, strip),
        result: {
          dest: given.dest,
          src: given.src,
          handler: 'TarArchive',
          state: 'directory',
          ...(given.list_files ? { files: names } : {}),
        },
      },
      inside,
    )
  if (owner === undefined && group === undefined && mode === undefined) return placed(planning)
  // Directories at the top that the archive does not name are given the attributes, too; those further down are not.
  const named = new Set(members.map(({ name }) => name))
  const tops = [...new Set(members.flatMap(({ name }) => (name.includes('/') ? [name.split('/')[0]!] : [])))]
  return sequence(
    planning,
    [
      placed,
      ...tops
        .filter((name) => !named.has(name))
        .map(
          (name) => (inside: Planning) =>
            keepFile(posix.join(dest, name), { owner, group, mode }, {}, inside),
        ),
    ],
    ([result]) => result!,
  )
}

interface Options {
  readonly strip: number
  readonly sameOwner: boolean
}

function readOptions(words: readonly string[]): Options | { readonly error: string } {
  let strip = 0
  let sameOwner = true
  for (const [index, word] of words.entries()) {
    const match = /^--strip(?:-components)?(?:=(\d+))?$/.exec(word)
    if (match) strip = Number(match[1] ?? words[index + 1])
    else if (word === '--no-same-owner' || word === '-o') sameOwner = false
    else if (!/^(--same-owner|--preserve-permissions|-p|--overwrite|\d+)$/.test(word))
      return {
        error: `the option '${word}' of tar is not supported: its effect could not be told beforehand`,
      }
  }
  return Number.isNaN(strip) ? { error: '--strip-components needs a number' } : { strip, sameOwner }
}

function unpacking(archive: string, given: Given, dest: string, strip: number): Script {
  const options = [
    ...(strip > 0 ? [`--strip-components=${strip}`] : []),
    ...given.exclude.map((pattern) => `--exclude=${pattern}`),
    ...(given.keep_newer ? ['--keep-newer-files'] : []),
    ...given.extra_opts.filter((word) => word === '--no-same-owner'),
  ]
  return sh`tar -xf ${archive} -C ${dest} ${options} -- ${given.include} || exit`
}
