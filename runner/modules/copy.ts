import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { Unknown } from '../variables/unknown.ts'
import type { Dict } from '../variables/value.ts'
import { args, bool, mode, optional, path, raw, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { failed, type Outcome, unchanged } from './outcome.ts'
import { attributeArguments, type WantedAttributes } from './support/attributes.ts'
import { authorBytes, withoutContent } from './support/author-bytes.ts'
import { copyHostTree } from './support/copy-host-tree.ts'
import { copyTree } from './support/copy-tree.ts'
import { hostPath } from './support/host-path.ts'
import { makeDirectory } from './support/make-directory.ts'
import { placeFile } from './support/place-file.ts'
import { placeHostFile } from './support/place-host-file.ts'
import { digestOf } from './support/reads-later.ts'
import { sequence } from './support/sequence.ts'
import { fileText } from './support/text.ts'

export default defineModule({
  name: 'copy',
  summary: 'Copies files to the host.',
  touches: ['dest'],
  args: args({
    src: optional(
      path(
        'A file or directory on this side; with `remote_src`, on the host. A directory that ends in / means what is in it.',
      ),
    ),
    content: optional(raw('What the file holds, instead of `src`.')),
    dest: path('Absolute path on the host.', { aliases: ['destfile', 'path'] }),
    ...attributeArguments,
    directory_mode: optional(mode('Permissions of directories that are made on the way.')),
    force: bool('Replace a file that is there with other content.', {
      default: true,
      aliases: ['thirsty'],
    }),
    backup: bool('Keep the old file beside the new one.', { default: false }),
    remote_src: bool('`src` is on the host.', { default: false }),
    follow: bool('Write through a link at `dest`.', { default: false }),
    local_follow: bool('Follow links on this side.', { default: true }),
    validate: optional(
      text('A command that must accept the file before it is put in place; %s is its path.'),
    ),
    checksum: optional(text('SHA-1 that a file of this side must have.')),
    decrypt: bool('Decrypt vaulted files.', { default: true }),
  }),
  takesUnknown: ['content'],
  readsLater: ({ dest, remote_src, force }) => (remote_src || !force ? [] : digestOf(dest)),
  plan: (given, planning) => {
    if (given.src !== undefined && given.content !== undefined)
      return failed('src and content are mutually exclusive: give one of them')
    if (given.content === undefined && !given.src) return failed('src (or content) is required')
    if (given.dest === '') return failed('dest is required')
    const dest = hostPath(given.dest, planning)
    if (given.content !== undefined) {
      if (given.dest.endsWith('/')) return failed('can not use content with a dir as dest')
      const bytes = given.content instanceof Unknown ? given.content : Buffer.from(fileText(given.content))
      const placed = place(given, dest, { bytes }, planning)
      return placed.type === 'failed' && planning.files.stat(dest).status.type === 'directory'
        ? failed('can not use content with a dir as dest')
        : placed
    }
    const src = given.src!
    if (given.remote_src) return copyOnHost(given, hostPath(src, planning), dest, planning)
    const file = planning.author.find('files', src)
    const within = src.endsWith('/') ? dest : posix.join(dest, posix.basename(file.path))
    if (file.directory) return copyTree(file, within, given, planning)
    const held = authorBytes(file, given.decrypt, planning)
    if (
      given.checksum !== undefined &&
      createHash('sha1').update(held.bytes).digest('hex') !== given.checksum
    )
      return failed(`${src} does not have the checksum ${given.checksum}: it is not what it should be`)
    const mode = given.mode === 'preserve' ? file.mode : given.mode
    const outcome = intoDirectory({ ...given, mode }, dest, posix.basename(src), planning, (target, inside) =>
      place({ ...given, mode }, target, held, inside, file.path),
    )
    return held.secret ? withoutContent(outcome) : outcome
  },
})

interface Given extends WantedAttributes {
  readonly src?: string
  readonly dest: string
  readonly directory_mode?: string | number
  readonly force: boolean
  readonly backup: boolean
  readonly follow: boolean
  readonly local_follow: boolean
  readonly validate?: string
}

function place(
  given: Given,
  dest: string,
  source: { readonly bytes: Buffer | Unknown; readonly digest?: string },
  planning: Planning,
  path?: string,
): Outcome {
  if (isKept(given, dest, planning)) return unchanged({ dest, msg: 'file already exists' })
  const { bytes, digest } = source
  return placeFile({ ...placement(given, dest), bytes, digest, result: resultOf(path) }, planning)
}

function isKept({ force }: Given, dest: string, { files }: Planning): boolean {
  return !force && files.stat(dest).status.type !== 'absent'
}

function placement(given: Given, path: string) {
  const { validate, backup, follow } = given
  return { path, attributes: given, follow, validate, backup }
}

function resultOf(src: string | undefined): Dict {
  return src === undefined ? {} : { src }
}

function copyOnHost(given: Given, src: string, dest: string, planning: Planning): Outcome {
  const from = planning.files.stat(src)
  if (from.status.type === 'absent') return failed(`Source ${src} not found`)
  if (from.status.type === 'directory') {
    const within = given.src!.endsWith('/') ? dest : posix.join(dest, posix.basename(src))
    return copyHostTree(from.path, within, given, planning)
  }
  if (from.status.type !== 'file') return failed(`${src} is a ${from.status.type}, which cannot be copied`)
  const mode = given.mode === 'preserve' ? from.status.mode : given.mode
  return intoDirectory(given, dest, posix.basename(src), planning, (target, inside) => {
    if (isKept(given, target, inside)) return unchanged({ dest: target, msg: 'file already exists' })
    return placeHostFile({ ...placement({ ...given, mode }, target), result: { src } }, from.path, inside)
  })
}

/** `dest` that is a directory, or is written like one and then made, receives the file under its own name. */
function intoDirectory(
  given: Given,
  dest: string,
  name: string,
  planning: Planning,
  put: (target: string, planning: Planning) => Outcome,
): Outcome {
  const { type } = planning.files.container(dest).status
  if (type === 'directory') return put(posix.join(dest, name), planning)
  if (!given.dest.endsWith('/')) return put(dest, planning)
  const { owner, group, directory_mode } = given
  return sequence(
    planning,
    [
      (inside) => makeDirectory(dest, { owner, group, mode: directory_mode }, inside),
      (inside) => put(posix.join(dest, name), inside),
    ],
    ([, placed]) => placed!,
  )
}
