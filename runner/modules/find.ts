import { TextDecoder } from 'node:util'
import { pythonRegex } from '../expressions/python/regex.ts'
import { clock } from '../resources/clock.ts'
import { UnknownRead } from '../host/misses.ts'
import type { PresentPath } from '../resources/path.ts'
import { Unknown } from '../variables/unknown.ts'
import type { Dict } from '../variables/value.ts'
import { type Arguments, args, bool, choice, int, item, list, mode, optional, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { failed, unchanged } from './outcome.ts'
import { checksum } from './support/checksum.ts'
import { fnmatch } from '../host/fnmatch.ts'
import { hostPath } from './support/host-path.ts'
import { applyMode } from './support/permissions.ts'
import { statFacts } from './support/stat-facts.ts'
import { walk } from './support/walk.ts'

const schema = args({
  paths: list(item.text, 'The directories to look in.', { aliases: ['name', 'path'] }),
  patterns: list(item.text, 'Shell patterns for names, or with `use_regex` regular expressions.', {
    default: [],
    aliases: ['pattern'],
  }),
  excludes: list(item.text, 'Patterns for names that are left out.', { default: [], aliases: ['exclude'] }),
  use_regex: bool('The patterns are regular expressions.', { default: false }),
  file_type: choice(['any', 'directory', 'file', 'link'], 'What to look for.', { default: 'file' }),
  recurse: bool('Look in the directories below too.', { default: false }),
  depth: optional(int('So many levels at most.')),
  hidden: bool('Names that begin with a dot too.', { default: false }),
  follow: bool('Follow links to directories.', { default: false }),
  contains: optional(text('A regular expression that a line of the file begins with.')),
  read_whole_file: bool('`contains` is looked for anywhere in the file.', { default: false }),
  encoding: optional(
    text(
      'How the files are written that `contains` is looked for in; without it, bytes that are no UTF-8 do not matter.',
    ),
  ),
  age: optional(text('At least so old: 90s, 5m, 2h, 3d, 1w; with - at most.')),
  age_stamp: choice(['atime', 'ctime', 'mtime'], 'Which time counts.', { default: 'mtime' }),
  size: optional(text('At least so large: 10k, 5m, 1g; with - at most.')),
  mode: optional(mode('Permissions.')),
  exact_mode: bool('`mode` as a whole, not each of its bits.', { default: true }),
  limit: optional(int('So many at most.')),
  get_checksum: bool('Return a checksum of each file.', { default: false }),
  checksum_algorithm: choice(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'], 'Which checksum.', {
    default: 'sha1',
    aliases: ['checksum', 'checksum_algo'],
  }),
})

type Given = Arguments<typeof schema>

export default defineModule({
  name: 'find',
  summary: 'Looks for files by name, age, size and content.',
  looksOnly: true,
  args: schema,
  plan: (given, planning) => {
    const age = measure(given.age, AGES)
    const size = measure(given.size, SIZES)
    if (age === 'wrong') return failed('failed to process age', { age: given.age! })
    if (size === 'wrong') return failed('failed to process size', { size: given.size! })
    const byName = nameFilter(given)
    const skipped: Dict = {}
    const found: Dict[] = []
    let examined = 0
    // What is below the last level is looked at, too, before it is left out.
    const depth = given.depth === undefined ? undefined : given.depth + 1
    const options = {
      ...given,
      depth,
      unreadable: (path: string) => {
        skipped[path] = `Permission denied: '${path}'`
      },
    }
    for (const path of given.paths) {
      const root = hostPath(path, planning)
      if (planning.files.stat(root).status.type !== 'directory') {
        skipped[path] = `'${path}' is not a directory`
        continue
      }
      for (const { path: at, name, status, depth } of walk(root, options, planning)) {
        if (Object.hasOwn(skipped, path)) break
        examined++
        if (given.depth !== undefined && depth > given.depth) continue
        if (found.length === given.limit || (name.startsWith('.') && !given.hidden)) continue
        if (given.file_type !== 'any' && status.type !== given.file_type) continue
        if (!byName(name) || !ofAge(status, age, given, planning) || !ofMode(status, given)) continue
        if (status.type === 'file' && given.file_type !== 'link' && !ofSize(status, size)) continue
        const holds = given.file_type !== 'file' || hasContent(at, given, planning)
        if (typeof holds === 'string') skipped[path] = holds
        if (holds !== true) continue
        found.push({
          path: at,
          ...statFacts(status),
          ...(given.get_checksum && status.type === 'file'
            ? { checksum: checksum(planning, at, given.checksum_algorithm) }
            : {}),
        })
      }
    }
    const all = Object.keys(skipped).length === 0
    return unchanged({
      files: found,
      matched: found.length,
      examined,
      skipped_paths: skipped,
      msg: all ? 'All paths examined' : 'Not all paths examined, check warnings for details',
    })
  },
})

const AGES: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }
const SIZES: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 }

function measure(
  written: string | undefined,
  units: Readonly<Record<string, number>>,
): number | undefined | 'wrong' {
  if (written === undefined) return undefined
  const match = /^(-?\d+)([a-z]?)$/.exec(written.toLowerCase())
  const unit = match && (match[2] === '' ? 1 : units[match[2]!])
  return match && unit ? Number(match[1]) * unit : 'wrong'
}

function nameFilter({ patterns, excludes, use_regex }: Given): (name: string) => boolean {
  const matcher = (pattern: string) => {
    if (!use_regex) return (name: string) => fnmatch(name, pattern)
    const regex = pythonRegex(`(?:${pattern})`, { global: false })
    // As Python's `match`: from the beginning on.
    return (name: string) => regex.exec(name)?.index === 0
  }
  const [wanted, unwanted] = [patterns.map(matcher), excludes.map(matcher)]
  return (name) =>
    (wanted.length === 0 || wanted.some((test) => test(name))) && !unwanted.some((test) => test(name))
}

// What a dry run has yet to write is as young as can be.
function ofAge(
  status: PresentPath,
  age: number | undefined,
  { age_stamp }: Given,
  { state }: Planning,
): boolean {
  if (age === undefined) return true
  const now = state.read(clock, '')
  const stamp = status[age_stamp]
  const old = stamp instanceof Unknown ? 0 : now - stamp
  return age >= 0 ? old >= age : old <= -age
}

function ofSize({ size }: PresentPath, wanted: number | undefined): boolean {
  if (wanted === undefined) return true
  if (size instanceof Unknown) throw new UnknownRead(size)
  return wanted >= 0 ? size >= wanted : size <= -wanted
}

function ofMode(status: PresentPath, { mode, exact_mode }: Given): boolean {
  if (mode === undefined) return true
  const wanted = applyMode(mode, 0, status.type === 'directory', 0)
  return exact_mode ? status.mode === wanted : (status.mode & wanted) !== 0
}

/** Whether a file holds what is looked for, or why that cannot be told. */
function hasContent(
  path: string,
  { contains, read_whole_file, encoding }: Given,
  { files }: Planning,
): boolean | string {
  if (contains === undefined) return true
  const bytes = files.read(path)
  if (!bytes) return false
  const decoder = encoding === undefined ? undefined : decoderOf(encoding)
  if (decoder === null) return `unknown encoding: ${encoding}`
  const text = decoder ? decoded(bytes, decoder) : bytes.toString('utf8')
  if (text === undefined)
    return `Failed to read the file ${path} due to an encoding error. current encoding: ${encoding}`
  const regex = pythonRegex(contains, { global: false })
  if (read_whole_file) return regex.test(text)
  return text.split('\n').some((line) => regex.exec(line)?.index === 0)
}

function decoderOf(encoding: string): TextDecoder | null {
  try {
    return new TextDecoder(encoding.replaceAll('_', '-'), { fatal: true })
  } catch {
    return null
  }
}

function decoded(bytes: Buffer, decoder: TextDecoder): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}
