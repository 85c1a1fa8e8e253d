import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { resource, type AnyResource } from '../resources/resource.ts'
import { pendingHandlers, type PendingHandler } from '../resources/pending-handlers.ts'
import type { Answer, Become, Session } from '../transport/session.ts'
import { sh } from '../transport/shell.ts'
import { readFrame } from './read-frame.ts'

/** What a host remembers of handlers that failed runs owe it, in a file of root's. Read along with whatever else is. */
export class Journal {
  /** What stands in it; undefined until it could be read. */
  entries: readonly PendingHandler[] | undefined
  /** Who can write it, as far as is known. */
  become: Become | undefined
  readonly #path: string
  readonly #asked = new Set<string>()

  /** @param path where it is on the host; empty: there is none */
  constructor(path: string) {
    this.#path = path
    if (path === '') this.entries = []
  }

  /** What to read with the next frame of a user, who may turn out not to be allowed to. */
  wanted(become: Become | undefined): AnyResource[] {
    const user = become?.user ?? ''
    // Where there is none yet, anybody can tell; that is no sign that they can write it.
    if (user !== '' && user !== 'root') return []
    if (this.entries !== undefined || this.#asked.has(user)) return []
    this.#asked.add(user)
    return [resource(pendingHandlers, this.#path)]
  }

  /** Takes what a frame has found. */
  take(resources: readonly AnyResource[], values: readonly unknown[], become: Become | undefined): void {
    const at = resources.findIndex(({ kind }) => kind === pendingHandlers)
    if (at < 0 || values[at] === null) return
    this.entries = values[at] as readonly PendingHandler[]
    this.become = become
  }

  /** Reads it in a frame of its own. */
  async read(session: Session, become: Become | undefined): Promise<void> {
    if (this.#path === '') return
    const frame = readFrame([resource(pendingHandlers, this.#path)])
    const { stdout } = await session.run({ script: frame.script })
    this.take(frame.resources, frame.parse(stdout), become)
  }

  /**
   * Reads it anew and puts what `change` makes of it in its place, or removes it when nothing is left to be kept. Where
   * another run, or another host of this run on the same machine, writes meanwhile, once more.
   *
   * @param change gives what it was given where nothing is to be written
   * @returns whether what `change` gave last stands there; undefined where it was not to be changed
   */
  async update(
    session: Session,
    become: Become | undefined,
    change: (entries: readonly PendingHandler[]) => readonly PendingHandler[],
  ): Promise<boolean | undefined> {
    if (this.#path === '') return false
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      if (tries > 0) await setTimeout(Math.random() * 20 * tries)
      const before = await session.run({ script: sh`{ cksum < ${this.#path}; } 2>/dev/null` })
      await this.read(session, become)
      const { entries } = this
      if (entries === undefined) return false
      const wanted = change(entries)
      if (wanted === entries) return undefined
      const { status } = await this.#write(session, wanted, before.stdout.toString('utf8').trim())
      if (status === 0) this.entries = wanted
      if (status !== OUTDATED) return status === 0
    }
    return false
  }

  /** Writes it, unless it is not as it was any more (by its checksum). */
  async #write(session: Session, entries: readonly PendingHandler[], before: string): Promise<Answer> {
    const path = this.#path
    const directory = dirname(path)
    const isAsBefore = sh`[ "$({ cksum < ${path}; } 2>/dev/null)" = ${before} ] || exit ${OUTDATED}`
    // Whoever looks and writes has the directory to themselves meanwhile, where the host has `flock`.
    const script =
      entries.length === 0
        ? sh`{ flock 9 2>/dev/null
${isAsBefore}
rm -f -- ${path} && { rmdir -- ${directory} 2>/dev/null || :; }
exit
} 9< ${directory}
exit ${OUTDATED}`
        : sh`mkdir -p -m 755 -- ${directory} || exit
{ flock 9 2>/dev/null
${isAsBefore}
umask 077 && new=$(mktemp -- ${`${path}.XXXXXX`}) &&
cat > "$new" && sync -- "$new" && mv -f -- "$new" ${path} || { rm -f -- "$new"; exit 1; }
exit 0
} 9< ${directory}
# Somebody has removed it meanwhile, or it cannot be looked into at all.
[ ! -e ${directory} ] || [ -r ${directory} ] || exit 1
exit ${OUTDATED}`
    const payload = entries.length === 0 ? undefined : Buffer.from(`${JSON.stringify(entries, null, 1)}\n`)
    return await session.run({ script, payload })
  }
}

/** The status by which a script says that somebody else was faster. */
const OUTDATED = 75

const MOST_TRIES = 50
