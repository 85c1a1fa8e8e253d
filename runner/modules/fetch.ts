import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, posix, resolve } from 'node:path'
import { sha256 } from '../host/files.ts'
import { sh } from '../transport/shell.ts'
import { textOf } from '../variables/text.ts'
import { args, bool, path } from './arguments.ts'
import { forgetAuthorFiles } from './author-files.ts'
import { defineModule, type Planning } from './module.ts'
import { change, failed, type ModuleResult, type Outcome, unchanged } from './outcome.ts'
import { contentDiff, MOST_SHOWN } from './support/content-diff.ts'
import { hostPath } from './support/host-path.ts'

export default defineModule({
  name: 'fetch',
  summary: 'Copies a file of the host to this side.',
  looksOnly: true,
  preview:
    'tells what would be copied and writes nothing; later tasks that read the copy here do not find it.',
  args: args({
    src: path('The file on the host.'),
    dest: path('The directory on this side to put it in, under the name of the host and its path there.'),
    flat: bool('`dest` is the file itself, or with / at its end the directory.', { default: false }),
    fail_on_missing: bool('A file that is missing is an error.', {
      default: true,
      aliases: ['fail_if_missing'],
    }),
    validate_checksum: bool('Accepted; what is written is what was read.', { default: true }),
  }),
  plan: (given, planning) => {
    const { files } = planning
    const src = hostPath(given.src, planning)
    const { status } = files.stat(src)
    const problem =
      status.type === 'absent'
        ? 'the remote file does not exist'
        : status.type === 'directory'
          ? 'remote file is a directory, fetch cannot work on directories'
          : status.type === 'file'
            ? undefined
            : `the remote file is a ${status.type}`
    if (problem !== undefined && given.fail_on_missing) return failed(problem, { file: src })
    if (problem !== undefined) return unchanged({ file: src, msg: `${problem}, not transferring, ignored` })
    const dest = destination(given, src, planning)
    return typeof dest === 'string' ? fetchTo(dest, src, planning) : failed(dest.error)
  },
})

function fetchTo(dest: string, src: string, { files }: Planning): Outcome {
  const here = statSync(dest, { throwIfNoEntry: false })
  if (here && !here.isFile()) return failed(`${dest} is there and is no file`)
  const before = here ? readFileSync(dest) : null
  if (before && files.digest(src) === sha256(before)) return unchanged(resultOf(src, dest, before))
  const { path: real, status } = files.stat(src)
  const large = status.type === 'file' && typeof status.size === 'number' && status.size > MOST_SHOWN
  const bytes = large ? undefined : files.read(src)!
  return change({
    diff: [
      bytes
        ? contentDiff(dest, before, bytes)
        : {
            path: dest,
            attributes: [{ name: 'sha256', before: before && sha256(before), after: files.digest(src) }],
          },
    ],
    script: sh`cat -- ${real}`,
    after: [],
    result: bytes ? resultOf(src, dest, bytes) : { file: src, dest },
    finish: ({ stdout }) => {
      mkdirSync(dirname(dest), { recursive: true })
      writeFileSync(dest, stdout)
      forgetAuthorFiles()
      return resultOf(src, dest, stdout)
    },
  })
}

function destination(
  { dest, flat }: { dest: string; flat: boolean },
  src: string,
  planning: Planning,
): string | { error: string } {
  const base = resolve(textOf(planning.variable('playbook_dir') ?? '.'), dest)
  if (!flat) return join(base, textOf(planning.variable('inventory_hostname') ?? 'host'), src)
  if (dest.endsWith('/')) return join(base, posix.basename(src))
  if (statSync(base, { throwIfNoEntry: false })?.isDirectory() === true)
    return {
      error:
        'dest is an existing directory, use a trailing slash if you want to fetch src into that directory',
    }
  return base
}

function resultOf(file: string, dest: string, bytes: Buffer): ModuleResult {
  const hash = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex')
  const [checksum, md5sum] = [hash('sha1'), hash('md5')]
  return { file, dest, checksum, remote_checksum: checksum, md5sum, remote_md5sum: null }
}
