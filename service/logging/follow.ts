import { setTimeout as delay } from 'node:timers/promises'
import { open, readdir, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { tailStart } from './tail.ts'

export interface FollowedLine {
  /** Where the line ends, as `inode:offset`: following from here misses and repeats nothing. */
  position: string
  line: string
}

export interface FollowOptions {
  signal: AbortSignal
  /** Lines to begin with. */
  lines: number
  /** Position of the last line already known; instead of `lines`. */
  after?: string | undefined
  intervalMs?: number
}

/** Yields a file's last lines and then each new one, across rotations, until the signal says to stop. */
export async function* followLines(path: string, options: FollowOptions): AsyncGenerator<FollowedLine> {
  let file = await open(path, 'r')
  try {
    let { ino } = await file.stat()
    const after = parsePosition(options.after)
    if (after !== undefined && after.ino !== ino) yield* restOfRotated(path, after)
    let offset =
      after === undefined ? await tailStart(file, options.lines) : after.ino === ino ? after.offset : 0
    while (!options.signal.aborted) {
      for await (const { line, end } of newLines(file, offset)) {
        offset = end
        yield { position: `${ino}:${offset}`, line }
      }
      if (!(await pause(options.intervalMs ?? 250, options.signal))) return
      const current = await stat(path).catch(() => undefined)
      if (current === undefined) continue
      if (current.ino !== ino) {
        // Rotated: what the old file still got is read first.
        for await (const { line, end } of newLines(file, offset)) {
          yield { position: `${ino}:${end}`, line }
        }
        await file.close()
        file = await open(path, 'r')
        ino = (await file.stat()).ino
        offset = 0
      } else if (current.size < offset) {
        offset = 0
      }
    }
  } finally {
    await file.close()
  }
}

interface Position {
  ino: number
  offset: number
}

function parsePosition(text: string | undefined): Position | undefined {
  const match = /^(\d+):(\d+)$/.exec(text ?? '')
  return match === null ? undefined : { ino: Number(match[1]), offset: Number(match[2]) }
}

/** What came after a position in a file that has been rotated meanwhile: beside the log, under a longer name. */
async function* restOfRotated(path: string, { ino, offset }: Position): AsyncGenerator<FollowedLine> {
  const names = await readdir(dirname(path))
  for (const name of names.filter((each) => each.startsWith(basename(path)))) {
    const rotated = await open(join(dirname(path), name), 'r').catch(() => undefined)
    if (rotated === undefined) continue
    try {
      if ((await rotated.stat()).ino !== ino) continue
      for await (const { line, end } of newLines(rotated, offset)) yield { position: `${ino}:${end}`, line }
    } finally {
      await rotated.close()
    }
  }
}

async function* newLines(file: FileHandle, offset: number): AsyncGenerator<{ line: string; end: number }> {
  const chunk = Buffer.alloc(64 * 1024)
  let rest = Buffer.alloc(0)
  let position = offset
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position + rest.length)
    if (bytesRead === 0) return
    let text = Buffer.concat([rest, chunk.subarray(0, bytesRead)])
    for (let newline = text.indexOf(10); newline >= 0; newline = text.indexOf(10)) {
      position += newline + 1
      yield { line: text.subarray(0, newline).toString('utf8'), end: position }
      text = text.subarray(newline + 1)
    }
    rest = text
  }
}

/** Waits; false if the signal came first. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(ms, undefined, { signal, ref: false })
    return true
  } catch {
    return false
  }
}
