import { posix } from 'node:path'
import { pythonRegex } from '../expressions/python/regex.ts'
import { content } from '../resources/content.ts'
import { resource } from '../resources/resource.ts'
import { args, bool, optional, path, text } from './arguments.ts'
import { openAuthorFile } from './author-files.ts'
import { defineModule, type Planning } from './module.ts'
import { failed } from './outcome.ts'
import { attributeArguments } from './support/attributes.ts'
import { hostPath } from './support/host-path.ts'
import { placeFile } from './support/place-file.ts'
import { PYTHON_ESCAPES } from '../variables/python-escapes.ts'

export default defineModule({
  name: 'assemble',
  summary: 'Makes a file of the files in a directory, one after another.',
  touches: ['dest'],
  args: args({
    src: path('The directory; on the host, or with `remote_src: false` on this side.'),
    dest: path('The file.'),
    remote_src: bool('`src` is on the host.', { default: true }),
    regexp: optional(text('Only files whose name it matches.')),
    delimiter: optional(text('A line between two files; \\n is a line end.')),
    ignore_hidden: bool('Leave out files whose name begins with a dot.', { default: false }),
    backup: bool('Keep the old file beside the new one.', { default: false }),
    validate: optional(
      text('A command that must accept the file before it is put in place; %s is its path.'),
    ),
    decrypt: bool('Decrypt vaulted files.', { default: true }),
    ...attributeArguments,
  }),
  plan: (given, planning) => {
    const pattern = given.regexp === undefined ? undefined : pythonRegex(given.regexp, { global: false })
    const wanted = (name: string) =>
      (pattern?.test(name) ?? true) && !(given.ignore_hidden && name.startsWith('.'))
    const parts = given.remote_src
      ? hostFragments(hostPath(given.src, planning), wanted, planning)
      : authorFragments(given.src, wanted, planning)
    if (typeof parts === 'string') return failed(parts)
    return placeFile(
      {
        path: hostPath(given.dest, planning),
        bytes: assembled(parts, given.delimiter),
        attributes: given,
        follow: true,
        validate: given.validate,
        backup: given.backup,
        result: { src: given.src },
      },
      planning,
    )
  },
})

type Wanted = (name: string) => boolean

function hostFragments(directory: string, wanted: Wanted, { files, state }: Planning): Buffer[] | string {
  const names = files.list(directory)
  if (names === null) {
    const { type } = files.stat(directory).status
    return type === 'absent'
      ? `Source (${directory}) does not exist`
      : `Source (${directory}) is not a directory`
  }
  const paths = names.filter(wanted).map((name) => posix.join(directory, name))
  state.want(paths.map((path) => resource(content, path)))
  return paths.flatMap((path) => files.read(path) ?? [])
}

function authorFragments(src: string, wanted: Wanted, { author }: Planning): Buffer[] | string {
  const directory = author.find('files', src)
  if (!directory.directory) return `Source (${src}) is not a directory`
  return directory
    .names()
    .filter(wanted)
    .flatMap((name) => {
      const file = openAuthorFile(posix.join(directory.path, name))
      return file && !file.directory ? [file.bytes] : []
    })
}

/** The parts one after another, each ended and, where one is given, with the delimiter between them. */
function assembled(parts: readonly Buffer[], delimiter: string | undefined): Buffer {
  const between = delimiter === undefined || delimiter === '' ? '' : delimiterLine(delimiter)
  return Buffer.concat(
    parts.flatMap((part, index) => {
      if (index === 0) return [part]
      const open = parts[index - 1]!.at(-1) !== 10
      return [Buffer.from(`${open ? '\n' : ''}${between}`), part]
    }),
  )
}

function delimiterLine(written: string): string {
  const text = written.replace(/\\([ntr\\'"])/g, (_, letter: string) => PYTHON_ESCAPES[letter]!)
  return text.endsWith('\n') ? text : `${text}\n`
}
