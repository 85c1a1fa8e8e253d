import { posix } from 'node:path'
import { resource } from '../resources/resource.ts'
import { packageIndex } from '../resources/package-index.ts'
import { type Script, sh } from '../transport/shell.ts'
import type { Dict } from '../variables/value.ts'
import { type Arguments, args, bool, choice, int, mode, optional, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { failed, type Outcome, unchanged } from './outcome.ts'
import { placeFile } from './support/place-file.ts'
import { removeFile } from './support/remove-file.ts'
import { updateIndex } from './support/packages/update-index.ts'
import { parseSourceLine, suggestFileName } from './support/packages/source-line.ts'
import { sequence } from './support/sequence.ts'

const MAIN = '/etc/apt/sources.list'
const DIRECTORY = '/etc/apt/sources.list.d'

const schema = args({
  repo: text('The line of the sources list: deb [options] address suite components.'),
  state: choice(['absent', 'present'], 'Whether the source is to be there.', { default: 'present' }),
  filename: optional(text('Name of the file in sources.list.d, without .list. Default: from the address.')),
  mode: mode('Permissions of the file.', { default: '0644' }),
  update_cache: bool('Fetch the package index after a change.', { default: true, aliases: ['update-cache'] }),
  update_cache_retries: int('How often a failed update of the index is tried again.', { default: 5 }),
  update_cache_retry_max_delay: int('Seconds between two such tries, at most.', { default: 12 }),
  codename: optional(text('Accepted; personal archives of Ubuntu are not supported.')),
  validate_certs: bool('Accepted; apt checks certificates as it is set.', { default: true }),
  install_python_apt: bool('Accepted; nothing is needed on the host.', { default: true }),
})

type Given = Arguments<typeof schema>

export default defineModule({
  name: 'apt_repository',
  summary: 'Adds and removes sources of Debian packages, a line each.',
  args: schema,
  reads: () => [resource(packageIndex, '')],
  plan: (given, planning) => {
    const { repo, state } = given
    if (repo.startsWith('ppa:'))
      return failed(
        `${repo} is a personal archive of Ubuntu: write its line (deb address suite components) instead`,
      )
    const wanted = parseSourceLine(repo)
    if (!wanted?.enabled)
      return failed(`Invalid repository string: ${repo}: write deb [options] address suite components`)
    const files = readSources(planning)
    const changes = state === 'present' ? present(wanted.source, given, files) : absent(wanted.source, files)
    const result = resultOf(given, changes)
    if (changes.length === 0) return unchanged(result)
    const outcome = sequence(
      planning,
      [
        ...changes.map((each) => (inside: Planning) => write(each, given, inside)),
        ...(given.update_cache
          ? [(inside: Planning) => updateIndex({ ...given, cache_valid_time: 0, lock_timeout: 60 }, inside)]
          : []),
      ],
      () => result,
    )
    return outcome.type === 'change' && given.update_cache
      ? {
          ...outcome,
          script: orRestored(
            changes.map(({ path }) => path),
            outcome.script,
          ),
        }
      : outcome
  },
})

/** What apt cannot use is not left behind, as in Ansible: the files are put back when the update fails. */
function orRestored(paths: readonly string[], script: Script): Script {
  return sh`saved=$(mktemp -d) || exit
for path in ${paths}; do [ ! -e "$path" ] || cp -a --parents -- "$path" "$saved" || exit; done
( ${script}
); status=$?
if [ "$status" != 0 ]; then
  for path in ${paths}; do
    if [ -e "$saved$path" ]; then cp -a -- "$saved$path" "$path"; else rm -f -- "$path"; fi
  done
fi
rm -rf -- "$saved"; exit "$status"`
}

interface SourcesFile {
  readonly path: string
  readonly lines: readonly string[]
}

/** A file as it is to be; without lines it goes. */
interface FileChange {
  readonly path: string
  readonly lines: readonly string[] | null
  readonly isNew?: boolean
}

function readSources({ files }: Planning): SourcesFile[] {
  const names = (files.list(DIRECTORY) ?? []).filter((name) => name.endsWith('.list'))
  return [MAIN, ...names.map((name) => posix.join(DIRECTORY, name))].flatMap((path) => {
    const bytes = files.read(path)
    return bytes === null ? [] : [{ path, lines: linesOf(bytes.toString('utf8')) }]
  })
}

function present(source: string, { filename }: Given, files: readonly SourcesFile[]): FileChange[] {
  const found = files.flatMap(({ path, lines }) =>
    lines.flatMap((line, index) => {
      const parsed = parseSourceLine(line)
      return parsed?.source === source ? [{ path, lines, index, parsed }] : []
    }),
  )
  if (found.some(({ parsed }) => parsed.enabled)) return []
  const [off] = found
  // A line that is switched off is switched on where it stands.
  if (off)
    return [
      {
        path: off.path,
        lines: off.lines.with(off.index, off.parsed.comment ? `${source} # ${off.parsed.comment}` : source),
      },
    ]
  const written = filename ?? suggestFileName(source)
  const path = written.startsWith('/')
    ? written
    : posix.join(DIRECTORY, `${written.replace(/\.list$/, '')}.list`)
  const before = files.find((each) => each.path === path)
  return [{ path, lines: [...(before?.lines ?? []), source], isNew: before === undefined }]
}

function absent(source: string, files: readonly SourcesFile[]): FileChange[] {
  return files.flatMap(({ path, lines }) => {
    const left = lines.filter((line) => {
      const parsed = parseSourceLine(line)
      return parsed?.source !== source || !parsed.enabled
    })
    if (left.length === lines.length) return []
    const empty = left.every((line) => line.trim() === '')
    return [{ path, lines: empty && path !== MAIN ? null : left }]
  })
}

function write({ path, lines }: FileChange, given: Given, planning: Planning): Outcome {
  if (lines === null) return removeFile(path, planning)
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  return placeFile({ path, bytes, attributes: { mode: given.mode }, follow: true }, planning)
}

function resultOf({ repo, state }: Given, changes: readonly FileChange[]): Dict {
  return {
    repo,
    state,
    sources_added: changes.filter(({ isNew }) => isNew).map(({ path }) => path),
    sources_removed: changes.filter(({ lines }) => lines === null).map(({ path }) => path),
  }
}

function linesOf(content: string): string[] {
  const lines = content.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}
