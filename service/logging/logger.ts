import { openSync, closeSync } from 'node:fs'
import pino from 'pino'
import type { DestinationStream, Logger } from 'pino'
import type { Level } from '../config/variables.ts'

type Stream = ReturnType<typeof pino.destination>

/** How long the last records may take to be written. */
const CLOSING_MS = 1000

/** A bunch of records: its size in bytes, and how long it may wait. */
const BUNCH = 8192
const WAIT_MS = 100

export interface LogOptions {
  level: Level
  /** File for all records, besides standard output. */
  file?: string | undefined
  /** File for errors alone. */
  errorFile?: string | undefined
  /** Write records in bunches, within a tenth of a second; errors at once. */
  buffered?: boolean
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
  const minLength = options.buffered === true ? BUNCH : 0
  const out = pino.destination({ dest: 1, sync: false, minLength })
  const file = toFile(options.file, minLength)
  const errorFile = toFile(options.errorFile, 0)
  const inBunches = (stream: Stream) => (minLength === 0 ? stream : flushedSoon(stream))
  const streams: { level: 'trace' | 'error'; stream: DestinationStream }[] = [
    { level: 'trace', stream: inBunches(out) },
  ]
  if (file !== undefined) streams.push({ level: 'trace', stream: inBunches(file) })
  if (errorFile !== undefined) streams.push({ level: 'error', stream: errorFile })

  const logger = pino(
    {
      level: options.level,
      base: options.base,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.multistream(streams),
  )
  const opened = [file, errorFile].filter((stream) => stream !== undefined)
  const all = [out, ...opened]
  for (const stream of all) survive(stream)
  return {
    logger,
    setLevel: (level) => {
      logger.level = level
    },
    reopen: () => opened.forEach((stream) => stream.reopen()),
    close: async () => {
      await Promise.all(all.map(closeStream))
    },
  }
}

/** Throws what the system says if records cannot be appended to the file. */
export function assertAppendable(file: string): void {
  closeSync(openSync(file, 'a', 0o640))
}

function toFile(dest: string | undefined, minLength: number): Stream | undefined {
  if (dest === undefined) return undefined
  return pino.destination({ dest, sync: false, append: true, mode: 0o640, minLength })
}

/** Sees to it that a bunch that does not fill up is written all the same. */
function flushedSoon(stream: Stream): DestinationStream {
  let timer: NodeJS.Timeout | undefined
  stream.once('close', () => clearTimeout(timer))
  const flush = () => {
    timer = undefined
    stream.flush()
  }
  return {
    write: (line) => {
      stream.write(line)
      timer ??= setTimeout(flush, WAIT_MS)
    },
  }
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
