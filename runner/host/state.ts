import { posix } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { isFileKind } from '../resources/file-kinds.ts'
import { fileFlags } from '../resources/file-flags.ts'
import { listing } from '../resources/listing.ts'
import { mimeType } from '../resources/mime-type.ts'
import { path, type PathStatus, type PresentPath } from '../resources/path.ts'
import {
  type AnyResource,
  type Resource,
  type ResourceKind,
  resource,
  resourceId,
} from '../resources/resource.ts'
import { Unknown } from '../variables/unknown.ts'
import { type Doubt, Doubts } from './doubts.ts'
import type { Layer } from './layer.ts'
import { Miss, UnknownRead } from './misses.ts'

/** What a change does to one resource: its value afterwards. `Unknown` when only a real run can tell. */
export interface Effect<Key = unknown, Value = unknown> {
  readonly resource: Resource<Key, Value>
  readonly value: Value | Unknown
}

// oxlint-disable-next-line typescript/no-explicit-any
export type AnyEffect = Effect<any, any>

export function effect<Key, Value>(
  kind: ResourceKind<Key, Value>,
  key: Key,
  value: Value | Unknown,
): Effect<Key, Value> {
  return { resource: resource(kind, key), value }
}

/**
 * What is known of a host's resources: what was observed, overlaid with what the changes so far did or, in a dry run,
 * would do. Every read of a module goes through it. Pure: it neither reads nor changes the host.
 */
export class State {
  readonly #observed = new Map<string, unknown>()
  /** Observations that a change of something else may outdate. */
  readonly #outdatable = new Map<string, AnyResource>()
  readonly #predicted = new Map<string, AnyEffect>()
  /** Predictions of a dry run: nothing on the host bears them out, so reading anew must not lose them. */
  readonly #foretold = new Set<string>()
  /** When each prediction was made, and each layer laid: counted in changes. */
  readonly #times = new Map<string, number>()
  /** Where that was only a change of attributes: when what stands there came to stand there. */
  readonly #births = new Map<string, number>()
  readonly #layers: { readonly layer: Layer; readonly time: number }[] = []
  #clock = 0
  #losses = 0
  #doubts = new Doubts()
  #watch: Watch | undefined
  /** Directories in which something was made or removed: their times are no longer what was read. */
  readonly #stirred = new Map<string, { readonly foretold: boolean }>()

  /** @throws {Miss} when nothing is known yet. @throws {UnknownRead} when it cannot be known. */
  read<Key, Value>(kind: ResourceKind<Key, Value>, key: Key): Value {
    const value = this.peek(kind, key)
    if (value === undefined) throw new Miss([resource(kind, key)])
    if (value instanceof Unknown) throw new UnknownRead(value)
    if (value === null && !this.#doubts.isEmpty) this.#doubts.presume(this.timeOf(kind, key))
    return value
  }

  /** Many of a kind at once, so that one miss names all that are missing. */
  readAll<Key, Value>(kind: ResourceKind<Key, Value>, keys: readonly Key[]): Value[] {
    this.want(keys.map((key) => resource(kind, key)))
    return keys.map((key) => this.read(kind, key))
  }

  /** Makes sure that all of these are known before going on. @throws {Miss} */
  want(resources: readonly AnyResource[]): void {
    const missing = resources.flatMap((each) => this.#missing(each))
    if (missing.length > 0) throw new Miss(missing)
  }

  #missing(wanted: AnyResource): readonly AnyResource[] {
    try {
      return this.peek(wanted.kind, wanted.key) === undefined ? [wanted] : []
    } catch (error) {
      if (error instanceof Miss) return error.resources
      throw error
    }
  }

  /** The value, an unknown, or undefined when it was not read yet. @throws {Miss} when a layer must read to tell */
  peek<Key, Value>(kind: ResourceKind<Key, Value>, key: Key): Value | Unknown | undefined {
    const value = this.#above(kind, key, 0)?.value ?? this.#single(kind, key)
    // What becomes of a path is for `Files` to tell, which knows what the path is wanted for.
    if (value === undefined || kind.name === path.name || this.#doubts.isEmpty) return value
    return this.#doubts.of(kind.name, kind.id(key), this.timeOf(kind, key)) ?? value
  }

  #single<Key, Value>(kind: ResourceKind<Key, Value>, key: Key): Value | Unknown | undefined {
    const id = `${kind.name} ${kind.id(key)}`
    const predicted = this.#predicted.get(id)
    if (predicted) {
      if (this.#watch) this.#watch.predicted = true
      return predicted.value as Value | Unknown
    }
    const observed = this.#observed.get(id) as Value | undefined
    if (observed !== undefined) this.#watch?.observed.set(id, resource(kind, key))
    return observed
  }

  /**
   * Why something that cannot be computed may have changed what stands at a path, or undefined.
   *
   * @param basis the path whose prediction tells what stands there: itself, or a directory above it
   */
  doubtAt(at: string, basis = at): Unknown | undefined {
    return this.#doubts.ofPath(at, this.birthOf(basis))
  }

  /** Why something that cannot be computed may have made a directory at a path, for what is to be in it, or undefined. */
  doubtBelow(at: string, basis: string): Unknown | undefined {
    return this.#doubts.ofAnyBelow(at, this.birthOf(basis))
  }

  /** Why something that cannot be computed may have made or removed names in a directory, or undefined. */
  doubtIn(directory: string): Unknown | undefined {
    return this.#doubts.ofNamesIn(directory, this.birthOf(directory))
  }

  /** A plan goes by nothing being at a path. What cannot be computed may have put something there. */
  presumeAbsent(basis: string): void {
    this.#doubts.presume(this.birthOf(basis))
  }

  /** What the reads since the last call went by although something that cannot be computed came before. */
  takePresumptions(): Unknown[] {
    return this.#doubts.take()
  }

  /** Something runs, or may run, whose effect cannot be computed. */
  doubt(doubt: Doubt): void {
    this.#doubts.add(doubt, ++this.#clock)
  }

  /** Whether a dry run foretells that it will be there. */
  isForetold<Key, Value>(kind: ResourceKind<Key, Value>, key: Key): boolean {
    const id = `${kind.name} ${kind.id(key)}`
    return this.#foretold.has(id) && this.#predicted.get(id)!.value !== null
  }

  /** What was read from the host, whatever a change would make of it. */
  observed<Key, Value>(kind: ResourceKind<Key, Value>, key: Key): Value | undefined {
    return this.#observed.get(`${kind.name} ${kind.id(key)}`) as Value | undefined
  }

  /** The keys, as ids, of all resources of a kind that were read from the host. */
  observedKeys(kind: AnyResource['kind']): string[] {
    const start = `${kind.name} `
    return [...this.#observed.keys()].filter((id) => id.startsWith(start)).map((id) => id.slice(start.length))
  }

  /**
   * The prediction for a resource, if a change has touched it.
   *
   * @param since only changes from that time on count
   * @throws {Miss} when a layer must read to tell
   */
  predicted<Key, Value>(kind: ResourceKind<Key, Value>, key: Key, since = 0): Value | Unknown | undefined {
    const above = this.#above(kind, key, since)
    if (above) return above.value
    const id = `${kind.name} ${kind.id(key)}`
    if ((this.#times.get(id) ?? 0) < since) return undefined
    return this.#predicted.get(id)?.value as Value | Unknown | undefined
  }

  /** When a resource was changed last, for `predicted`; 0 when it never was. */
  timeOf<Key, Value>(kind: ResourceKind<Key, Value>, key: Key): number {
    return this.#above(kind, key, 0)?.time ?? this.#times.get(`${kind.name} ${kind.id(key)}`) ?? 0
  }

  /** When what stands at a path came to stand there; changes of its attributes do not count. */
  birthOf(at: string): number {
    const id = `${path.name} ${at}`
    return this.#births.get(id) ?? this.timeOf(path, at)
  }

  /** What a resource is below a layer: for a layer that goes by more than the resource it is asked about. */
  under<Key, Value>(layer: Layer, kind: ResourceKind<Key, Value>, key: Key): Value | Unknown | undefined {
    const end = this.#layers.findIndex((each) => each.layer === layer)
    return this.#above(kind, key, 0, end < 0 ? undefined : end)?.value ?? this.#single(kind, key)
  }

  /** What the layers make of a resource that were laid after the last change of it alone. */
  #above<Key, Value>(
    kind: ResourceKind<Key, Value>,
    key: Key,
    since: number,
    end?: number,
  ): { value: Value | Unknown; time: number } | undefined {
    if (this.#layers.length === 0) return undefined
    if (this.#watch) this.#watch.predicted = true
    const from = Math.max(since, (this.#times.get(`${kind.name} ${kind.id(key)}`) ?? 0) + 1)
    let found: { value: Value | Unknown; time: number } | undefined
    for (const { layer, time } of end === undefined ? this.#layers : this.#layers.slice(0, end)) {
      if (time < from) continue
      const below = found
      const value = layer.over(kind, key, () => (below ? below.value : this.#single(kind, key)), this)
      if (value !== undefined) found = { value, time }
    }
    return found
  }

  /** What a pure computation reads from this state, and from copies made in it. */
  watched<Result>(compute: () => Result): { result: Result; reads: Watch } {
    const around = this.#watch
    const reads: Watch = { observed: new Map(), predicted: false }
    this.#watch = reads
    try {
      return { result: compute(), reads }
    } finally {
      this.#watch = around
    }
  }

  /** Grows with every change of what is known, but for what is newly read. */
  get revision(): number {
    return this.#clock + this.#losses
  }

  /** Takes in what was read from the host. It never hides a prediction. */
  observe(resources: readonly AnyResource[], values: readonly unknown[]): void {
    for (const [index, each] of resources.entries()) this.#observe(each, values[index])
  }

  /** Takes in what a change did or would do. */
  apply(effects: readonly AnyEffect[]): void {
    this.#clock++
    for (const each of effects) this.#apply(each, false)
  }

  /** Takes in what a change would do that a dry run does not make. */
  foretell(effects: readonly AnyEffect[]): void {
    this.#clock++
    for (const each of effects) this.#apply(each, true)
  }

  #apply(each: AnyEffect, foretold: boolean): void {
    if (each.resource.kind === path) {
      const at = each.resource.key as string
      const before = this.#lookAt(at)
      if (sameFile(before, each.value as PathStatus | Unknown)) {
        this.#births.set(resourceId(each.resource), this.birthOf(at))
        this.#changeTwins(at, each.value as PresentPath)
      } else {
        this.#births.delete(resourceId(each.resource))
        const directory = posix.dirname(at)
        this.#stirred.set(directory, { foretold })
        // What a dry run foretells stays beside what was read; what is really made is to be read.
        if (!foretold) this.#observed.delete(`listing ${directory}`)
        this.#stirred.delete(at)
        this.#coverSubtree(at, before, each.value)
      }
      this.#coverContent(at, each.value)
    }
    this.#outdate(each.resource)
    const id = resourceId(each.resource)
    this.#predicted.set(id, each)
    this.#times.set(id, this.#clock)
    if (foretold) this.#foretold.add(id)
    else this.#foretold.delete(id)
  }

  // What was there before a change; nobody has asked for it when a layer would have to read to tell.
  #lookAt(at: string): PathStatus | Unknown | undefined {
    try {
      return this.peek(path, at)
    } catch (error) {
      if (error instanceof Miss) return undefined
      throw error
    }
  }

  // Hard links: all but the content is kept by path here, but is the file's, whatever its names.
  #changeTwins(at: string, changed: PresentPath): void {
    const status = this.#lookAt(at)
    const known = new Map<string, unknown>(
      [...this.#observed].filter(([id]) => id.startsWith(`${path.name} `)),
    )
    for (const [id, { value }] of this.#predicted) known.set(id, value)
    for (const [id, twin] of known) {
      const key = id.slice(path.name.length + 1)
      if (!id.startsWith(`${path.name} `) || key === at || !sameFile(status, twin as PathStatus)) continue
      const value = { ...(twin as PresentPath), ...changed }
      if (this.#predicted.has(id)) this.#predicted.set(id, { resource: resource(path, key), value })
      else this.#observed.set(id, value)
    }
  }

  /** Something is made in a directory and removed again. */
  stir(directory: string): void {
    this.#stirred.set(directory, { foretold: true })
  }

  /** Whether something was made or removed in a directory since it was read. */
  isStirred(directory: string): boolean {
    return this.#stirred.has(directory)
  }

  /** Takes in what a change would do to many resources at once. */
  cover(layer: Layer): void {
    this.#layers.push({ layer, time: ++this.#clock })
  }

  /** Replaces a prediction by what was seen afterwards. */
  correct(target: AnyResource, value: unknown): void {
    this.#losses++
    this.#lose(resourceId(target))
    this.#observe(target, value)
  }

  /** Every prediction so far. */
  predictions(): AnyEffect[] {
    return [...this.#predicted.values()]
  }

  /** Names in a directory that changes may have brought or taken away. */
  touchedNames(directory: string): Set<string> {
    const names = new Set<string>()
    for (const { layer } of this.#layers) for (const name of layer.names(directory)) names.add(name)
    for (const { resource: target } of this.#predicted.values()) {
      if (target.kind === path && posix.dirname(target.key as string) === directory)
        names.add(posix.basename(target.key as string))
    }
    return names
  }

  #lose(id: string): void {
    this.#predicted.delete(id)
    this.#times.delete(id)
    this.#births.delete(id)
  }

  /** Drops everything known of one resource. */
  forget(target: AnyResource): void {
    this.#losses++
    this.#lose(resourceId(target))
    this.#observed.delete(resourceId(target))
  }

  /** Drops everything but what a dry run foretells: something ran that may have touched anything. */
  forgetAll(): void {
    for (const id of this.#predicted.keys()) if (!this.#foretold.has(id)) this.#lose(id)
    for (const [directory, { foretold }] of this.#stirred) if (!foretold) this.#stirred.delete(directory)
    this.forgetObserved()
  }

  /** Drops what was read, so that it is read anew. */
  forgetObserved(): void {
    this.#losses++
    this.#observed.clear()
  }

  #observe(target: AnyResource, value: unknown): void {
    const id = resourceId(target)
    this.#observed.set(id, value)
    if (target.kind.outdatedBy) this.#outdatable.set(id, target)
  }

  #outdate(changed: AnyResource): void {
    for (const [id, { kind, key }] of this.#outdatable) {
      if (kind.outdatedBy!(changed, key)) this.#observed.delete(id)
    }
  }

  // What was predicted of a file's content goes when no file stands there any more.
  #coverContent(at: string, value: PathStatus | Unknown): void {
    if (!(value instanceof Unknown) && value.type === 'file') return
    for (const kind of ['content', 'digest']) this.#predicted.delete(`${kind} ${at}`)
  }

  // What was known below a path goes when the path stops being the directory it was.
  #coverSubtree(top: string, before: PathStatus | Unknown | undefined, after: PathStatus | Unknown): void {
    if (!(after instanceof Unknown) && after.type === 'directory' && !after.fresh) return
    // Nothing is below what was no directory.
    if (isPresent(before) ? before.type === 'file' : before !== undefined && !(before instanceof Unknown))
      return
    for (const [id, { resource: target }] of this.#predicted) {
      if (
        typeof target.key === 'string' &&
        target.key.startsWith(`${top}/`) &&
        isBelowPath(target.kind.name)
      ) {
        this.#lose(id)
      }
    }
    for (const id of this.#observed.keys()) {
      const at = id.indexOf(' ')
      if (id.startsWith(`${top}/`, at + 1) && isBelowPath(id.slice(0, at))) this.#observed.delete(id)
    }
  }

  /** Takes back what was predicted since this was forked off. What was read by then is read again. */
  restore(earlier: State): void {
    const pairs = [
      [this.#predicted, earlier.#predicted],
      [this.#times, earlier.#times],
      [this.#births, earlier.#births],
      [this.#stirred, earlier.#stirred],
    ] as [Map<string, unknown>, Map<string, unknown>][]
    for (const [mine, then] of pairs) {
      mine.clear()
      for (const [id, value] of then) mine.set(id, value)
    }
    this.#foretold.clear()
    for (const id of earlier.#foretold) this.#foretold.add(id)
    this.#layers.length = 0
    this.#layers.push(...earlier.#layers)
    this.#doubts = earlier.#doubts
    this.#observed.clear()
    this.#losses++
  }

  /** A copy that can be changed alone: for looking ahead and for "what if". */
  fork({ outdates = true } = {}): State {
    const copy = new State()
    for (const [id, value] of this.#observed) copy.#observed.set(id, value)
    for (const [id, value] of this.#predicted) copy.#predicted.set(id, value)
    for (const [id, time] of this.#times) copy.#times.set(id, time)
    for (const [id, time] of this.#births) copy.#births.set(id, time)
    copy.#layers.push(...this.#layers)
    copy.#clock = this.#clock
    if (outdates) for (const [id, each] of this.#outdatable) copy.#outdatable.set(id, each)
    for (const id of this.#foretold) copy.#foretold.add(id)
    for (const [directory, how] of this.#stirred) copy.#stirred.set(directory, how)
    copy.#doubts = this.#doubts.fork()
    copy.#watch = this.#watch
    return copy
  }
}

/** What was read: resources as they are on the host, by id, and whether any prediction came into it. */
export interface Watch {
  readonly observed: Map<string, AnyResource>
  predicted: boolean
}

/** Whether an observation bears a prediction out. */
export function matches(
  kind: ResourceKind<unknown, unknown>,
  predicted: unknown,
  observed: unknown,
): boolean {
  return kind.matches ? kind.matches(predicted, observed) : isDeepStrictEqual(predicted, observed)
}

// The number may not be known yet, but who knows it is the same.
export function sameFile(
  one: PathStatus | Unknown | undefined,
  other: PathStatus | Unknown | undefined,
): boolean {
  return isPresent(one) && isPresent(other) && one.inode === other.inode && one.device === other.device
}

function isPresent(value: PathStatus | Unknown | undefined): value is PresentPath {
  return value !== undefined && !(value instanceof Unknown) && 'inode' in value
}

// What is known of a path and what is in it.
function isBelowPath(name: string): boolean {
  return isFileKind(name) || name === listing.name || name === fileFlags.name || name === mimeType.name
}
