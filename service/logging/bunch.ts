/** A bunch of records: its size in characters, and how long it may wait. */
const SIZE = 32 * 1024
const WAIT_MS = 100

export interface Sink {
  write(bytes: Buffer): unknown
}

export interface Bunch {
  write(line: string): void
  /** Passes on what has gathered. */
  flush(): void
}

/**
 * Gathers lines and gives them to all sinks as the same bytes. The streams' own buffers would measure everything they
 * hold again with each line, each for itself; under load that took as long as answering the request.
 */
export function gather(sinks: Sink[]): Bunch {
  let lines: string[] = []
  let size = 0
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    if (lines.length === 0) return
    const bytes = Buffer.from(lines.join(''))
    lines = []
    size = 0
    for (const sink of sinks) sink.write(bytes)
  }
  return {
    flush,
    write: (line) => {
      lines.push(line)
      size += line.length
      if (size >= SIZE) flush()
      else timer ??= setTimeout(flush, WAIT_MS)
    },
  }
}
