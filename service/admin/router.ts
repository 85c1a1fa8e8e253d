import { tracked, TRPCError } from '@trpc/server'
import * as z from 'zod'
import { effectiveConfig } from '../config/redact.ts'
import { levels } from '../config/levels.ts'
import { followLines } from '../logging/follow.ts'
import { tailLines } from '../logging/tail.ts'
import { build, version } from '../version.ts'
import { NO_MAINTENANCE } from '../primary/maintenance.ts'
import { listReleases, releasesDirectory } from './releases.ts'
import { change, look, router } from './trpc.ts'
import type { AdminContext } from './trpc.ts'

const logName = z.enum(['service', 'error', 'audit']).default('service')

const logLevel = router({
  get: look.query(({ ctx }) => ({ level: ctx.service.level })),
  set: change.input(z.object({ level: z.enum(levels) })).mutation(({ ctx, input }) => {
    ctx.service.setLevel(input.level)
    return { level: ctx.service.level }
  }),
})

const logs = router({
  /** The last lines of a log file, oldest first. */
  tail: look
    .input(z.object({ log: logName, lines: z.int().min(1).max(10_000).default(100) }).prefault({}))
    .query(async ({ ctx, input }) => ({ lines: await tailLines(logFile(ctx, input.log), input.lines) })),

  /** The last lines and every new one; a client that connects anew goes on where it was. */
  follow: look
    .input(
      z
        .object({
          log: logName,
          lines: z.int().min(0).max(10_000).default(10),
          lastEventId: z.string().max(64).nullish(),
        })
        .prefault({}),
    )
    .subscription(async function* ({ ctx, input, signal }) {
      const file = logFile(ctx, input.log)
      const options = {
        signal: signal ?? new AbortController().signal,
        lines: input.lines,
        after: input.lastEventId ?? undefined,
      }
      for await (const { position, line } of followLines(file, options)) yield tracked(position, { line })
    }),
})

const maintenance = router({
  get: look.query(({ ctx }) => ctx.service.maintenance),
  on: change
    .input(
      z
        .object({
          message: z.string().min(1).max(500).default(NO_MAINTENANCE.message),
          retryAfterSeconds: z.int().min(1).max(86_400).default(NO_MAINTENANCE.retryAfterSeconds),
        })
        .prefault({}),
    )
    .mutation(({ ctx, input }) => {
      ctx.service.setMaintenance({ ...input, enabled: true, since: new Date().toISOString() })
      return ctx.service.maintenance
    }),
  off: change.mutation(({ ctx }) => {
    ctx.service.setMaintenance({
      ...ctx.service.maintenance,
      enabled: false,
      since: new Date().toISOString(),
    })
    return ctx.service.maintenance
  }),
})

const workers = router({
  list: look.query(async ({ ctx }) => (await ctx.service.overview()).workers),
  /** Replaces one worker, or all one after the other; answers when the successors serve. */
  recycle: change
    .input(z.object({ worker: z.int().min(0).optional() }).prefault({}))
    .mutation(async ({ ctx, input }) => {
      const recycled = await ctx.service.recycle('admin', input.worker)
      if (recycled === 0) {
        throw new TRPCError({
          code: 'NOT_FOUND',
          message: `There is no worker ${input.worker} that could be replaced.`,
        })
      }
      return { recycled }
    }),
})

const releases = router({
  /** The releases on this host, newest first. */
  list: look.query(({ ctx }) => {
    const directory = ctx.service.settings.RELEASES_DIR ?? releasesDirectory(ctx.service.program)
    if (directory === undefined) {
      throw new TRPCError({
        code: 'PRECONDITION_FAILED',
        message: 'This does not run from a releases directory.',
      })
    }
    return listReleases(directory, ctx.service.program)
  }),
})

const audit = router({
  /** The latest changes since the start, newest first. */
  list: look
    .input(z.object({ count: z.int().min(1).max(200).default(50) }).prefault({}))
    .query(({ ctx, input }) => ctx.audit.latest(input.count)),
})

const metrics = router({
  /** CPU, memory and disk of the host. */
  system: look.query(({ ctx }) => ctx.service.sampler.read()),
  /** The plotted hour. */
  history: look.query(({ ctx }) => ctx.service.history()),
  /** What Prometheus reads. */
  prometheus: look.query(({ ctx }) => ctx.service.prometheus()),
})

/** The admin API. */
export const adminRouter = router({
  status: look.query(async ({ ctx }) => {
    const { service } = ctx
    return {
      version,
      build,
      node: process.versions.node,
      environment: service.settings.ENVIRONMENT,
      pid: process.pid,
      startedAt: new Date(service.startedAt).toISOString(),
      uptimeSeconds: Math.floor((Date.now() - service.startedAt) / 1000),
      logLevel: service.level,
      program: service.program,
      ...(await service.overview()),
    }
  }),
  /** The configuration in force; secrets show as fingerprints. */
  config: look.query(({ ctx }) => effectiveConfig(ctx.service.settings, ctx.service.level)),
  metrics,
  logLevel,
  logs,
  maintenance,
  workers,
  releases,
  audit,
})

/** For a typed client: `import type` it. */
export type AdminRouter = typeof adminRouter

function logFile(ctx: AdminContext, name: 'service' | 'error' | 'audit'): string {
  const { LOG_FILE, ERROR_LOG_FILE, AUDIT_LOG_FILE } = ctx.service.settings
  const variable = { service: 'LOG_FILE', error: 'ERROR_LOG_FILE', audit: 'AUDIT_LOG_FILE' }[name]
  const file = { service: LOG_FILE, error: ERROR_LOG_FILE, audit: AUDIT_LOG_FILE }[name]
  if (file !== undefined) return file
  throw new TRPCError({
    code: 'PRECONDITION_FAILED',
    message: `There is no such log file: ${variable} is not set.`,
  })
}
