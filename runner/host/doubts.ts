import { posix } from 'node:path'
import { mergeUnknown, type Unknown } from '../variables/unknown.ts'

/** Something whose effect cannot be computed came before, or may have: a command, a task with an unknown argument. */
export interface Doubt {
  readonly because: Unknown
  /** The words it was given: what they name, it may have changed, made or removed. */
  readonly mentions: readonly string[]
  /** Its author says what it makes (`creates`), so nothing that its words do not name comes of it. */
  readonly declared?: boolean
}

/** Directories that nearly every command line mentions without meaning all that is in them. */
const SHARED = new Set(
  (
    '/ /bin /boot /dev /dev/null /etc /home /lib /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp /usr ' +
    '/usr/bin /usr/lib /usr/local /usr/local/bin /usr/sbin /usr/share /var /var/lib /var/log'
  ).split(' '),
)

/** Kinds that tell of the session, not of what commands change. */
const UNTOUCHED = new Set(['identity', 'facts'])

/**
 * How far what is known can be trusted after commands that a dry run does not run:
 * - what a command's words name (a path and all below it, a package, a unit) cannot be told any more;
 * - that something is not there is only presumed: it serves for what would be made in its place, but decides nothing,
 *   unless the command says with `creates` what it makes;
 * - everything else is taken to be as it was.
 *
 * Only doubts that came after a prediction (`since`, in the state's time) count for it.
 */
export class Doubts {
  #all: readonly (Doubt & { readonly time: number })[] = []
  /** Shared with forks: one plan may look at several. */
  #presumed: Unknown[] = []

  get isEmpty(): boolean {
    return this.#all.length === 0
  }

  add(doubt: Doubt, time: number): void {
    this.#all = [...this.#all, { ...doubt, time }]
  }

  /** Why what a path is cannot be told, or undefined. */
  ofPath(path: string, since: number): Unknown | undefined {
    return this.#all.find((doubt) => doubt.time > since && namesPath(doubt, path))?.because
  }

  /** Why something may stand below a path, or undefined. */
  ofAnyBelow(path: string, since: number): Unknown | undefined {
    return this.#all.find(
      ({ time, mentions }) => time > since && mentions.some((word) => word.startsWith(`${path}/`)),
    )?.because
  }

  /** Why the names in a directory cannot be told, or undefined. */
  ofNamesIn(directory: string, since: number): Unknown | undefined {
    return this.#all.find(
      ({ time, mentions }) =>
        time > since &&
        mentions.some((word) => word.startsWith('/') && posix.dirname(posix.normalize(word)) === directory),
    )?.because
  }

  /** Why what a resource is cannot be told, or undefined. */
  of(kind: string, id: string, since: number): Unknown | undefined {
    if (this.#all.length === 0 || UNTOUCHED.has(kind)) return undefined
    if (id.startsWith('/')) return this.ofPath(id, since)
    const names = id.split(/\s/).flatMap((name) => [name, name.replace(/\.service$/, '')])
    return this.#all.find(
      ({ time, mentions }) => time > since && names.some((name) => mentions.includes(name)),
    )?.because
  }

  /** Something is taken not to be there. */
  presume(since: number): void {
    const open = this.#all.filter(({ declared, time }) => !declared && time > since)
    if (open.length > 0) this.#presumed.push(mergeUnknown(open.map(({ because }) => because)))
  }

  /** What was presumed since the last call. */
  take(): Unknown[] {
    return this.#presumed.splice(0)
  }

  fork(): Doubts {
    const copy = new Doubts()
    copy.#all = this.#all
    copy.#presumed = this.#presumed
    return copy
  }
}

function namesPath({ mentions }: Doubt, path: string): boolean {
  return mentions.some(
    (word) =>
      word.startsWith('/') &&
      !SHARED.has(word) &&
      (path === word || path.startsWith(word.endsWith('/') ? word : `${word}/`)),
  )
}
