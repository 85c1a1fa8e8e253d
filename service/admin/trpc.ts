import { initTRPC } from '@trpc/server'
import type { Service } from '../primary/service.ts'
import type { AuditLog } from './audit.ts'

export interface AdminContext {
  service: Service
  audit: AuditLog
  requestId: string
  source: string
}

const t = initTRPC.context<AdminContext>().create({
  isDev: false,
  sse: { ping: { enabled: true, intervalMs: 15_000 } },
  errorFormatter: ({ shape, error }) =>
    // What was not meant for the client stays in the log.
    error.code === 'INTERNAL_SERVER_ERROR' ? { ...shape, message: 'Internal error; see the log.' } : shape,
})

export const { router } = t

/** A procedure that only looks. */
export const look = t.procedure

/** A procedure that changes something, and is on record whether it succeeds or not. */
export const change = t.procedure.use(async ({ ctx, path, getRawInput, next }) => {
  const input = (await getRawInput()) ?? null
  const result = await next()
  ctx.audit.record({
    time: new Date().toISOString(),
    procedure: path,
    input,
    outcome: result.ok ? 'done' : 'failed',
    ...(result.ok ? {} : { error: result.error.message }),
    source: ctx.source,
    requestId: ctx.requestId,
  })
  return result
})
