import { effect } from '../../host/state.ts'
import type { ResourceKind } from '../../resources/resource.ts'
import type { ServerAnswer } from '../../resources/server-answer.ts'
import { type Script, sh } from '../../transport/shell.ts'
import { Unknown } from '../../variables/unknown.ts'
import type { Planning } from '../module.ts'
import { change, failed, type ModuleResult, opaqueScript, type Outcome, unchanged } from '../outcome.ts'

/** One thing on a server of databases. */
export interface ServerThing<Key, Row> {
  readonly kind: ResourceKind<Key, ServerAnswer<Row>>
  readonly key: Key
  /** What it is called. */
  readonly what: string
  /** The name of the server's program: PostgreSQL. */
  readonly server: string
  /** The programs that come with the server, one of which asks it. */
  readonly clients: readonly string[]
  /** Whether a new server has it. */
  readonly inherent: boolean
  /** Has the server carry out statements, as the task's user. */
  readonly carryOut: (statements: readonly string[]) => Script
  /** What a result tells of the statements. */
  readonly tells?: (statements: readonly string[]) => ModuleResult
}

/** What is to become of one thing on a server. */
export interface ServerWish<Row> {
  /** Statements to carry out; none when it is as it should be. */
  readonly statements: readonly string[]
  readonly after: Row | null
  readonly diff: readonly {
    readonly name: string
    readonly before: string | null
    readonly after: string | null
  }[]
}

/**
 * Plans one thing on a server of databases, from what is there.
 *
 * @param wish what is to become of it, or a message why that cannot be
 */
export function onServer<Key, Row>(
  thing: ServerThing<Key, Row>,
  result: ModuleResult,
  planning: Planning,
  wish: (before: Row | null) => ServerWish<Row> | { readonly error: string },
): Outcome {
  const { kind, key, what, carryOut, tells } = thing
  const found = planning.state.read(kind, key)
  const before = 'error' in found ? (isNewIn(thing, planning) ? null : undefined) : found.row
  // Whether the server is started by the run, or not there at all, only a real run can tell.
  if (before === undefined) return reaching(thing, 'error' in found ? found.error : '')
  const wanted = wish(before)
  if ('error' in wanted) return failed(wanted.error, result)
  const { statements, after, diff } = wanted
  const whole = { ...result, ...tells?.(statements) }
  if (statements.length === 0) return unchanged(whole)
  const row: ServerAnswer<Row> = { row: after }
  return change({
    diff: [{ path: `${kind.name} ${what}`, attributes: diff }],
    script: carryOut(statements),
    after: [effect(kind, key, row)],
    result: whole,
  })
}

// With the client comes the server, and in a new one is nothing but what a new one has.
function isNewIn<Key, Row>({ inherent, clients }: ServerThing<Key, Row>, { files }: Planning): boolean {
  if (inherent) return false
  return clients.some((program) => {
    const { status } = files.stat(program)
    return status.type !== 'absent' && status.type !== 'denied' && status.inode instanceof Unknown
  })
}

function reaching<Key, Row>({ server, what, carryOut }: ServerThing<Key, Row>, complaint: string): Outcome {
  return opaqueScript({
    what: `${server}, asked for ${what}`,
    after: [],
    declared: true,
    script: sh`( ${carryOut(['select 1'])} ) >/dev/null`,
    finish: ({ status, stderr }) => ({
      changed: false,
      failed: true,
      msg:
        status === 0
          ? `cannot look at ${what}: ${complaint}`
          : `unable to connect to database: ${stderr.toString('utf8').trim() || complaint}`,
    }),
  })
}
