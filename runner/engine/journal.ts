import { dirname } from 'node:path'
import { resource, type AnyResource } from '../resources/resource.ts'
import { pendingHandlers, type PendingHandler } from '../resources/pending-handlers.ts'
import type { Become, Session } from '../transport/session.ts'
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
    const frame = readFrame(this.wanted(become))
    if (frame.resources.length === 0) return
    const { stdout } = await session.run({ script: frame.script })
    this.take(frame.resources, frame.parse(stdout), become)
  }

  /** Writes it anew, or removes it when nothing is left to be kept. Says whether the user could. */
  async write(session: Session, entries: readonly PendingHandler[]): Promise<boolean> {
    const path = this.#path
    if (path === '') return false
    const directory = dirname(path)
    const script =
      entries.length === 0
        ? sh`rm -f -- ${path} && { rmdir -- ${directory} 2>/dev/null || :; }`
        : sh`mkdir -p -m 755 -- ${directory} && umask 077 && new=$(mktemp -- ${`${path}.XXXXXX`}) &&
cat > "$new" && sync -- "$new" && mv -f -- "$new" ${path} || { rm -f -- "$new"; exit 1; }`
    const payload = entries.length === 0 ? undefined : Buffer.from(`${JSON.stringify(entries, null, 1)}\n`)
    const { status } = await session.run({ script, payload })
    if (status === 0) this.entries = entries
    return status === 0
  }
}
