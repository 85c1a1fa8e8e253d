import { sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'
import { parseFiles } from './content.ts'

/** A handler that was notified by a run which failed before it ran. Names only; all of it is a host's text. */
export interface PendingHandler {
  /** As the inventory calls it: hosts may share a machine. */
  readonly host: string
  readonly playbook: string
  readonly play: string
  readonly role?: string
  readonly handler: string
  /** The task that notified it. */
  readonly by: string
}

/**
 * The journal of handlers that are owed, by its path; null where it cannot be read. What is no entry in it, whoever
 * wrote that, counts as nothing.
 */
export const pendingHandlers = defineResource<string, readonly PendingHandler[] | null>({
  name: 'pending handlers',
  id: (path) => path,
  read: (paths) => sh`for path in ${paths}; do
  if [ ! -e "$path" ]; then echo 0; elif [ -f "$path" ] && [ -r "$path" ]; then wc -c < "$path"; cat -- "$path"; else echo -; fi
done 2>/dev/null`,
  parse: (answer, paths) =>
    parseFiles(answer, paths.length).map((text) => text && entriesOf(text.toString('utf8'))),
})

function entriesOf(text: string): PendingHandler[] {
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch {
    return []
  }
  return Array.isArray(found) ? found.flatMap((each) => entryOf(each) ?? []) : []
}

function entryOf(found: unknown): PendingHandler | undefined {
  if (typeof found !== 'object' || found === null) return undefined
  const fields = new Map<string, unknown>(Object.entries(found))
  const text = (name: string) => {
    const value = fields.get(name)
    return typeof value === 'string' ? value : undefined
  }
  const [host, playbook, play, role, handler, by = ''] = FIELDS.map(text)
  if (host === undefined || playbook === undefined || play === undefined || handler === undefined)
    return undefined
  return { host, playbook, play, ...(role === undefined ? {} : { role }), handler, by }
}

const FIELDS = ['host', 'playbook', 'play', 'role', 'handler', 'by'] as const
