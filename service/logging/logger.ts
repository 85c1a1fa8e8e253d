import { openSync, closeSync } from 'node:fs'
import pino from 'pino'
import type { DestinationStream, Logger } from 'pino'
import type { Level } from '../config/levels.ts'
import { gather } from './bunch.ts'
import type { Sink } from './bunch.ts'

/** A destination that is written bytes; the library's type knows of text alone. */
type Stream = Omit<ReturnType<typeof pino.destination>, 'write'> & Sink

/** How long the last records may take to be written. */
const CLOSING_MS = 1000

/** Bytes that may wait for a disk or a journal that does not keep up; what comes then is dropped. */
const MOST_WAITING = 16 * 1024 * 1024

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
  const out = toStream(1)
  const file = options.file === undefined ? undefined : toStream(options.file)
  const errorFile = options.errorFile === undefined ? undefined : toStream(options.errorFile)
  const sinks = file === undefined ? [out] : [out, file]
  const bunch = options.buffered === true ? gather(sinks) : undefined
  const streams: { level: 'trace' | 'error'; stream: DestinationStream }[] = [
    { level: 'trace', stream: bunch ?? atOnce(sinks) },
  ]
  if (errorFile !== undefined) streams.push({ level: 'error', stream: atOnce([errorFile]) })

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
    reopen: () => {
      bunch?.flush()
      for (const stream of opened) stream.reopen()
    },
    close: async () => {
      bunch?.flush()
      await Promise.all(all.map(closeStream))
    },
  }
}

/** Throws what the system says if records cannot be appended to the file. */
export function assertAppendable(file: string): void {
  closeSync(openSync(file, 'a', 0o640))
}

function toStream(dest: string | 1): Stream {
  return pino.destination({
    dest,
    sync: false,
    append: true,
    mode: 0o640,
    contentMode: 'buffer',
    maxLength: MOST_WAITING,
  }) as unknown as Stream
}

function atOnce(sinks: Sink[]): DestinationStream {
  return {
    write: (line) => {
      const bytes = Buffer.from(line)
      for (const sink of sinks) sink.write(bytes)
    },
  }
}

/** A full disk or a journal that is away must not end the service. What can be said of it goes to standard error. */
function survive(stream: Stream): void {
  let lastSaid = 0
  const say = (text: string) => {
    if (Date.now() - lastSaid < 60_000) return
    lastSaid = Date.now()
    try {
      process.stderr.write(`coderco-app: ${text}\n`)
    } catch {
      // There is nobody left to tell.
    }
  }
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') say(`cannot write a log record: ${error.message}`)
  })
  stream.on('drop', () => say('log records are dropped, because they come faster than they can be written'))
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
