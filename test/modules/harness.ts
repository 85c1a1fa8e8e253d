import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { TaskPlanning } from '../../runner/engine/planning.ts'
import { isLayer } from '../../runner/host/layer.ts'
import { Files, sha256 } from '../../runner/host/files.ts'
import { Miss, ReadDenied, UnknownRead } from '../../runner/host/misses.ts'
import { type AnyEffect, State } from '../../runner/host/state.ts'
import { AuthorFileMissing, forgetAuthorFiles } from '../../runner/modules/author-files.ts'
import type { AnyModule } from '../../runner/modules/module.ts'
import { normalizeArguments } from '../../runner/modules/normalize.ts'
import { failed, type Outcome, undecided } from '../../runner/modules/outcome.ts'
import { planWithFlags } from '../../runner/modules/support/flags.ts'
import { glob } from '../../runner/resources/glob.ts'
import { content } from '../../runner/resources/content.ts'
import { digest } from '../../runner/resources/digest.ts'
import { fileFlags } from '../../runner/resources/file-flags.ts'
import { type Identity, identity } from '../../runner/resources/identity.ts'
import { listing } from '../../runner/resources/listing.ts'
import { mimeType } from '../../runner/resources/mime-type.ts'
import { path as pathKind, type PathStatus } from '../../runner/resources/path.ts'
import { type AnyResource, resourceId } from '../../runner/resources/resource.ts'
import { Scope } from '../../runner/variables/scope.ts'
import type { Dict } from '../../runner/variables/value.ts'

/** A path on the pretended host: a file's text, or more about it. Directories above it are there too. */
export type Entry =
  | string
  | Buffer
  | {
      readonly type?: 'file' | 'directory' | 'link'
      readonly content?: string | Buffer
      readonly mode?: number
      readonly owner?: string
      readonly group?: string
      readonly target?: string
    }

/** A host as a case describes it. Whatever is not named is not there. */
export interface Host {
  readonly files?: Readonly<Record<string, Entry>>
  /** Resources of other kinds, by `kind key`. */
  readonly resources?: Readonly<Record<string, unknown>>
  /** Resources whose key is more than a word. */
  readonly answer?: (kind: string, key: unknown) => unknown
  /** What earlier tasks of a dry run have predicted. */
  readonly predicted?: readonly AnyEffect[]
  readonly user?: Partial<Identity>
  /** The author's files, by their path in the role's `files/`. */
  readonly author?: Readonly<Record<string, string | Buffer>>
  readonly environment?: Readonly<Record<string, string>>
  /** Opens the author's vaulted files. */
  readonly decrypt?: (vaulted: string) => string
  /** What a change foresees besides is predicted, too. */
  readonly foresees?: boolean
  /** Variables of the host. */
  readonly variables?: Dict
}

export interface Planned {
  readonly outcome: Outcome
  /** What is read from the host afterwards, as the outcome predicts it. */
  readonly files: Files
  readonly state: State
  /** The same task once more, against what the outcome predicts. */
  readonly again: () => Outcome
}

/** Plans a task on a pretended host, as the engine does: what the plan misses is read, and the plan runs again. */
export function plan(module: AnyModule, args: Dict, host: Host = {}): Planned {
  const directory = mkdtempSync(join(tmpdir(), 'plan-'))
  try {
    for (const [name, text] of Object.entries(host.author ?? {})) {
      mkdirSync(dirname(join(directory, name)), { recursive: true })
      writeFileSync(join(directory, name), text)
    }
    forgetAuthorFiles()
    const state = new State()
    state.apply(host.predicted ?? [])
    const outcome = planOn(module, args, host, state, directory)
    const after = state.fork()
    if (outcome.type === 'change' || outcome.type === 'opaque') after.apply(outcome.after)
    if (host.foresees && outcome.type === 'change' && outcome.foresee) {
      for (const step of withReads(after, host, () => outcome.foresee!(after)))
        if (isLayer(step)) after.cover(step)
        else after.apply(step)
    }
    const files = new Files(after)
    const last = { outcome, files: answering(files, after, host), state: after }
    const next = outcome.type === 'change' ? planOn(module, args, host, after.fork(), directory) : outcome
    return { ...last, again: () => next }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** The diff as lines, for a case to compare with: texts line by line, attributes as `name: before → after`. */
export function diffLines(outcome: Outcome): string[] {
  if (outcome.type !== 'change') return []
  return outcome.diff.flatMap(({ path, before, after, attributes = [] }) => [
    path,
    ...(before === undefined && after === undefined ? [] : lineDiff(before ?? '', after ?? '')),
    ...attributes.map((each) => `${each.name}: ${each.before ?? '-'} → ${each.after ?? '-'}`),
  ])
}

/** A text on the host as it will be. */
export function textAfter({ files }: Planned, path: string): string | undefined {
  return files.read(path)?.toString('utf8')
}

function planOn(module: AnyModule, args: Dict, host: Host, state: State, directory: string): Outcome {
  const normal = normalizeArguments(module, args)
  if ('errors' in normal) return failed(normal.errors.join('\n'))
  const planning = new TaskPlanning({
    state,
    files: new Files(state),
    user: '',
    scope: new Scope([layerOf(host)], {
      playbookDir: directory,
      searchPath: () => [directory],
      decrypt: host.decrypt,
    }),
    location: { file: 'tasks.yml', line: 1, column: 3 },
    environment: host.environment ?? {},
    announce: () => undefined,
  })
  return withReads(state, host, () => {
    try {
      const reads = module.reads?.(normal.args)
      if (reads) state.want(reads)
      return planWithFlags(module, normal.args, planning)
    } catch (error) {
      if (error instanceof UnknownRead) return undecided(error.unknown.because)
      if (error instanceof ReadDenied || error instanceof AuthorFileMissing) return failed(error.message)
      if (error instanceof RangeError) return failed(error.message)
      throw error
    }
  })
}

function layerOf({ variables = {} }: Host) {
  return { name: 'case', get: (name: string) => variables[name], names: () => Object.keys(variables) }
}

/** Reads of a test go through the same pretended host. */
function answering(files: Files, state: State, host: Host): Files {
  return new Proxy(files, {
    get: (target, name: keyof Files) => {
      const method = target[name] as (...args: unknown[]) => unknown
      return (...args: unknown[]) => withReads(state, host, () => method.apply(target, args))
    },
  })
}

function withReads<Result>(state: State, host: Host, work: () => Result): Result {
  for (let round = 0; round < 500; round++) {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof Miss)) throw error
      state.observe(
        error.resources,
        error.resources.map((each) => answer(each, host)),
      )
    }
  }
  throw new Error('the plan asks for ever more')
}

function answer({ kind, key }: AnyResource, host: Host): unknown {
  const is = (other: object) => kind === other
  const id = resourceId({ kind, key })
  if (host.resources && id in host.resources) return host.resources[id]
  if (is(pathKind)) return statusOf(key as string, host)
  if (is(content)) return bytesOf(key as string, host)
  if (is(digest)) {
    const bytes = bytesOf(key as string, host)
    return bytes && sha256(bytes)
  }
  if (is(listing)) return namesIn(key as string, host)
  if (is(glob)) return Object.keys(host.files ?? {}).filter((path) => posix.matchesGlob(path, key as string))
  if (is(identity)) return { ...ROOT, ...host.user }
  if (is(mimeType)) return { mimetype: 'text/plain', charset: 'us-ascii' }
  if (is(fileFlags)) return { on: 'e', version: '1' }
  // Everybody is there whom a case names.
  if (kind.name === 'user' || kind.name === 'group') return /^\d/.test(String(key)) ? null : { name: key }
  const value = host.answer?.(kind.name, key)
  if (value !== undefined) return value
  throw new Error(`the case does not say what the host has for '${id}'`)
}

const ROOT: Identity = {
  user: 'root',
  uid: 0,
  group: 'root',
  gid: 0,
  groups: ['root'],
  home: '/root',
  umask: 0o022,
}

function statusOf(path: string, host: Host): PathStatus {
  const entry = host.files?.[path]
  const common = { uid: 0, gid: 0, mtime: 1, atime: 1, ctime: 1, inode: hash(path), device: 1, links: 1 }
  if (entry === undefined) {
    const above = path === '/' || Object.keys(host.files ?? {}).some((each) => each.startsWith(`${path}/`))
    return above
      ? { type: 'directory', mode: 0o755, owner: 'root', group: 'root', size: 4096, ...common }
      : { type: 'absent' }
  }
  const more = typeof entry === 'string' || Buffer.isBuffer(entry) ? { content: entry } : entry
  const { type = more.target === undefined ? 'file' : 'link', owner = 'root', group = 'root' } = more
  return {
    type,
    mode: more.mode ?? (type === 'directory' ? 0o755 : type === 'link' ? 0o777 : 0o644),
    owner,
    group,
    size: bytesOf(path, host)?.length ?? 4096,
    ...common,
    ...(more.target === undefined ? {} : { target: more.target }),
  }
}

function bytesOf(path: string, host: Host): Buffer | null {
  const entry = host.files?.[path]
  if (entry === undefined) return null
  if (typeof entry === 'string' || Buffer.isBuffer(entry)) return Buffer.from(entry as string)
  if (entry.type === 'directory' || entry.target !== undefined) return null
  return Buffer.from((entry.content ?? '') as string)
}

function namesIn(path: string, host: Host): string[] | null {
  if (statusOf(path, host).type !== 'directory') return null
  const prefix = path === '/' ? '/' : `${path}/`
  const below = Object.keys(host.files ?? {}).filter((each) => each.startsWith(prefix))
  return [...new Set(below.map((each) => each.slice(prefix.length).split('/')[0]!))].sort()
}

function hash(text: string): number {
  return Buffer.from(text).reduce((sum, byte) => (sum * 31 + byte) % 1_000_003, 7)
}

function lineDiff(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')]
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `-${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+${line}`),
  ].filter((line) => line.length > 1)
}
