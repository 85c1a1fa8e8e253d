import type { AnyEffect } from './state.ts'
import { resourceId } from '../resources/resource.ts'
import { mergeUnknown, Unknown } from '../variables/unknown.ts'

/** Something whose effect cannot be computed came before, or may have: a command, a task with an unknown argument. */
export interface Doubt {
  readonly because: Unknown
  /** The words it was given: what they name, it may have changed. */
  readonly mentions: readonly string[]
}

/** Directories that nearly every command line mentions without changing what is in them. */
const SHARED = new Set(['/', '/bin', '/dev', '/dev/null', '/etc', '/home', '/opt', '/proc', '/run', '/sbin'])
for (const each of ['/srv', '/sys', '/tmp', '/usr', '/usr/bin', '/usr/sbin', '/var', '/var/lib', '/var/log'])
  SHARED.add(each)

/** Kinds that tell of the session, not of what commands change. */
const UNTOUCHED = new Set(['identity', 'facts'])

/**
 * How far what is known can be trusted after commands that a dry run does not run:
 * - what a command's words name (a path and all below it, a package, a unit) cannot be told any more;
 * - that something is not there is only presumed: it serves for what would be made in its place, but decides nothing;
 * - everything else is taken to be as it was.
 */
export class Doubts {
  #all: readonly Doubt[] = []
  #predictions = new Map<string, Unknown>()
  /** Shared with forks: one plan may look at several. */
  #presumed: Unknown[] = []

  add(doubt: Doubt, predictions: Iterable<AnyEffect>): void {
    this.#all = [...this.#all, doubt]
    for (const { resource } of predictions) {
      if (!UNTOUCHED.has(resource.kind.name) && names(doubt, resource.key))
        this.#predictions.set(resourceId(resource), doubt.because)
    }
  }

  /** A later change has made the resource certain again. */
  settle(id: string): void {
    this.#predictions.delete(id)
  }

  ofPrediction(id: string): Unknown | undefined {
    return this.#predictions.get(id)
  }

  ofPath(path: string): Unknown | undefined {
    return this.#all.find((doubt) => names(doubt, path))?.because
  }

  ofObservation(kind: string, key: unknown, value: unknown): Unknown | undefined {
    // That something is not there is a presumption of its own.
    if (value === null || UNTOUCHED.has(kind)) return undefined
    return this.#all.find((doubt) => names(doubt, key))?.because
  }

  presume(): void {
    if (this.#all.length > 0) this.#presumed.push(mergeUnknown(this.#all.map(({ because }) => because)))
  }

  take(): Unknown[] {
    return this.#presumed.splice(0)
  }

  fork(): Doubts {
    const copy = new Doubts()
    copy.#all = this.#all
    copy.#predictions = new Map(this.#predictions)
    copy.#presumed = this.#presumed
    return copy
  }
}

function names({ mentions }: Doubt, key: unknown): boolean {
  if (typeof key !== 'string' || key === '') return false
  if (!key.startsWith('/')) return mentions.includes(key) || mentions.includes(key.replace(/\.service$/, ''))
  return mentions.some(
    (word) =>
      word.startsWith('/') &&
      !SHARED.has(word) &&
      (key === word || key.startsWith(word.endsWith('/') ? word : `${word}/`)),
  )
}
