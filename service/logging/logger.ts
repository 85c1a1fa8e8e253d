import { openSync, closeSync } from 'node:fs'
import pino from 'pino'
import type { DestinationStream, Logger } from 'pino'
import type { Level } from '../config/variables.ts'

type Stream = ReturnType<typeof pino.destination>

/** How long the last records may take to be written. */
const CLOSING_MS = 1000

export interface LogOptions {
  level: Level
  /** File for all records, besides standard output. */
  file?: string | undefined
  /** File for errors alone. */
  errorFile?: string | undefined
  /** Fields of every record. */
  base: Record<string, string | number>
}

export interface Log {
  logger: Logger
  setLevel(level: Level): void
  /** Opens the files anew, after a rotation has moved them. Records on their way still reach the old or the new file. */
  reopen(): void
  /** Writes out what is buffered, for a second at most; to be awaited before the process ends. Never rejects. */
  close(): Promise<void>
}

/**
 * A structured logger. Writes are appended in the background and in order, so that a slow disk or journal does not hold
 * up a request; several processes may share a file.
 */
export function createLog(options: LogOptions): Log {
  const out = pino.destination({ dest: 1, sync: false })
  const files = [options.file, options.errorFile].map((dest) =>
    dest === undefined ? undefined : pino.destination({ dest, sync: false, append: true, mode: 0o640 }),
  )
  const streams: { level: 'trace' | 'error'; stream: DestinationStream }[] = [{ level: 'trace', stream: out }]
  if (files[0] !== undefined) streams.push({ level: 'trace', stream: files[0] })
  if (files[1] !== undefined) streams.push({ level: 'error', stream: files[1] })

  const logger = pino(
    {
      level: options.level,
      base: options.base,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.multistream(streams),
  )
  const opened = files.filter((file) => file !== undefined)
  const all = [out, ...opened]
  for (const stream of all) survive(stream)
  return {
    logger,
    setLevel: (level) => {
      logger.level = level
    },
    reopen: () => opened.forEach((file) => file.reopen()),
    close: async () => {
      await Promise.all(all.map(closeStream))
    },
  }
}

/** Throws what the system says if records cannot be appended to the file. */
export function assertAppendable(file: string): void {
  closeSync(openSync(file, 'a', 0o640))
}

/** A full disk or a journal that is away must not end the service. What can be said of it goes to standard error. */
function survive(stream: Stream): void {
  let lastSaid = 0
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || Date.now() - lastSaid < 60_000) return
    lastSaid = Date.now()
    try {
      process.stderr.write(`coderco-app: cannot write a log record: ${error.message}\n`)
    } catch {
      // There is nobody left to tell.
    }
  })
}

/**
 * Ends a stream, which writes what it still has. Its own `flushSync` would try for ever to write to a full disk or to a
 * pipe that nobody reads, and the service could not stop.
 */
function closeStream(stream: Stream): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, CLOSING_MS)
    stream.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    stream.end()
  })
}
