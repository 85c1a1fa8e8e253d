import { posix } from 'node:path'
import { Unknown } from '../variables/unknown.ts'
import { args, bool, mode, optional, path, raw, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { failed, type Outcome } from './outcome.ts'
import { attributeArguments } from './support/attributes.ts'
import { copyTree } from './support/copy-tree.ts'
import { hostPath } from './support/host-path.ts'
import { placeFile } from './support/place-file.ts'
import { unlessUnknown } from './support/unless-unknown.ts'
import { fileText } from './support/text.ts'

export default defineModule({
  name: 'copy',
  summary: 'Copies files to the host.',
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
    force: bool('Replace a file that is there with other content.', { default: true, aliases: ['thirsty'] }),
    backup: bool('Keep the old file beside the new one.', { default: false }),
    remote_src: bool('`src` is on the host.', { default: false }),
    follow: bool('Write through a link at `dest`.', { default: false }),
    local_follow: bool('Follow links on this side.', { default: true }),
    validate: optional(
      text('A command that must accept the file before it is put in place; %s is its path.'),
    ),
    checksum: optional(text('SHA-1 the file must have.')),
    decrypt: bool('Decrypt vaulted files.', { default: true }),
    unsafe_writes: bool('Accepted; files are always replaced atomically.', { default: false }),
  }),
  takesUnknown: ['content'],
  plan: (given, planning) => {
    if ((given.src === undefined) === (given.content === undefined))
      return failed('give either src or content')
    const dest = hostPath(given.dest, planning)
    if (given.content !== undefined) {
      if (given.dest.endsWith('/')) return failed('can not use content with a dir as dest')
      const bytes = given.content instanceof Unknown ? given.content : Buffer.from(fileText(given.content))
      return place(given, dest, { bytes }, planning)
    }
    const src = given.src!
    if (given.remote_src) return copyOnHost(given, hostPath(src, planning), dest, planning)
    const file = planning.author.find('files', src)
    if (file.directory)
      return copyTree(
        file,
        src.endsWith('/') ? dest : posix.join(dest, posix.basename(file.path)),
        given,
        planning,
      )
    const target = intoDirectory(dest, given.dest, posix.basename(src), planning)
    return place(
      { ...given, mode: given.mode === 'preserve' ? file.mode : given.mode },
      target,
      file,
      planning,
    )
  },
})

interface Given {
  readonly dest: string
  readonly mode?: string | number
  readonly owner?: string
  readonly group?: string
  readonly force: boolean
  readonly backup: boolean
  readonly follow: boolean
  readonly validate?: string
}

function place(
  given: Given,
  dest: string,
  source: { bytes: Buffer | Unknown; digest?: string; path?: string },
  planning: Planning,
): Outcome {
  if (!given.force && planning.files.stat(dest).status.type !== 'absent') {
    return { type: 'unchanged', result: { dest, msg: 'file already exists' } }
  }
  return placeFile(
    {
      path: dest,
      bytes: source.bytes,
      digest: source.digest,
      attributes: given,
      follow: given.follow,
      validate: given.validate,
      backup: given.backup,
      result: source.path === undefined ? {} : { src: source.path },
    },
    planning,
  )
}

function copyOnHost(given: Given, src: string, dest: string, planning: Planning): Outcome {
  const { files } = planning
  const from = files.stat(src)
  if (from.status.type === 'absent') return failed(`Source ${src} not found`)
  if (from.status.type !== 'file')
    return failed(`${src} is a ${from.status.type}: only files can be copied on the host`)
  const target = intoDirectory(dest, given.dest, posix.basename(src), planning)
  const bytes = unlessUnknown(() => files.read(src)!)
  return place(
    { ...given, mode: given.mode === 'preserve' ? from.status.mode : given.mode },
    target,
    { bytes },
    planning,
  )
}

/** `dest` that is a directory, or is written like one, receives the file under its own name. */
function intoDirectory(dest: string, written: string, name: string, { files }: Planning): string {
  if (written.endsWith('/')) return posix.join(dest, name)
  return files.container(dest).status.type === 'directory' ? posix.join(dest, name) : dest
}
