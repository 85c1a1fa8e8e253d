import type { Script } from '../transport/shell.ts'

/**
 * A kind of thing on a host that can be read: a path, a package, a unit. Many of one kind are read by one script, so
 * that converged tasks cost a few processes on the host, not a few each.
 */
export interface ResourceKind<Key, Value> {
  /** The kind's name in messages and saved plans: `path`, `package`. */
  readonly name: string
  /** The text that identifies a key among its kind: a path, a package's name. */
  id(key: Key): string
  /** A script that looks, changes nothing, and prints what `parse` understands. */
  read(keys: readonly Key[]): Script
  /** The values in the order of the keys. Pure. The answer is a host's text: data, whatever it holds. */
  parse(answer: Buffer, keys: readonly Key[]): Value[]
  /** It takes long to read, so it is not read on a guess that a coming task will ask for it. */
  readonly dear?: boolean | ((key: Key) => boolean)
  /**
   * Cheap to read, and of use long before its turn: it is read on a guess even where a task in between will probably
   * make all that is known be forgotten.
   */
  readonly early?: boolean
  /** Whether a change of another resource may change it: what was observed then counts no more. */
  outdatedBy?(changed: AnyResource, key: Key): boolean
  /** Whether what was observed is what was predicted. By default: deep equality. */
  matches?(predicted: Value, observed: Value): boolean
  /** A value in a few words, for "predicted …, observed …". By default: its JSON. */
  describe?(value: Value): string
}

/** One thing on a host. */
export interface Resource<Key = unknown, Value = unknown> {
  readonly kind: ResourceKind<Key, Value>
  readonly key: Key
}

// A resource of any kind. Kinds are invariant in their key, so `unknown` would not do.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyResource = Resource<any, any>

export function resource<Key, Value>(kind: ResourceKind<Key, Value>, key: Key): Resource<Key, Value> {
  return { kind, key }
}

/** For `outdatedBy`: what stands at such a path was changed. */
export function atPath<Key>(test: (path: string, key: Key) => boolean) {
  return ({ kind, key: path }: AnyResource, key: Key) => kind.name === 'path' && test(path as string, key)
}

export function resourceId({ kind, key }: AnyResource): string {
  return `${kind.name} ${kind.id(key)}`
}

/** Whether it takes long to read. */
export function isDear({ kind: { dear = false }, key }: AnyResource): boolean {
  return typeof dear === 'function' ? dear(key) : dear
}

export function defineResource<Key, Value>(kind: ResourceKind<Key, Value>): ResourceKind<Key, Value> {
  return kind
}
