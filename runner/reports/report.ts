import type { Event, TaskReference } from '../engine/events.ts'

/** A view over the events of a run. */
export interface Report {
  handle(event: Event): void
  /** Writes what is still held back and leaves the terminal as it was found. Call it also after an error or Ctrl-C. */
  close(): void | Promise<void>
  /** A host begins a task. Not an event of the run (hosts run ahead of one another); only views that move use it. */
  begin?(host: string, task: TaskReference): void
  /** Clears the moving part of the screen so that something else (a prompt) can use the terminal. */
  pause?(): void
  resume?(): void
}

export interface ReportOptions {
  readonly stdout: Output
  readonly stderr: Output
  /** @default what the streams and `NO_COLOR`/`FORCE_COLOR` ask for */
  readonly color?: boolean
  /** Show diffs. @default false */
  readonly diff?: boolean
  /** How many `-v`. @default 0 */
  readonly verbosity?: number
  /** The run is a dry run. @default false */
  readonly check?: boolean
  /** In a dry run, print only what would change, fail or is unknown. @default false */
  readonly quiet?: boolean
}

/** What a view needs of a stream; `process.stdout` is one. */
export interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string, done?: () => void): unknown
}

/** Resolves when everything written so far has left the process. */
export function flush(stream: Output): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve())
  })
}

/** Columns of a terminal; nothing for a file, which is as wide as it gets. */
export function terminalWidth({ isTTY, columns = 80 }: Output): number | undefined {
  return isTTY ? columns : undefined
}
