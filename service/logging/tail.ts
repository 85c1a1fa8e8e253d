import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'

const BLOCK = 64 * 1024
const NEWLINE = 10

/** No tail is longer than this, however long the lines are. */
const MOST = 4 * 1024 * 1024

/** The last `count` whole lines of a file, oldest first, from no more than its last 4 MiB. */
export async function tailLines(path: string, count: number): Promise<string[]> {
  await using file = await open(path, 'r')
  const start = await tailStart(file, count)
  const text = await readRange(file, start, (await file.stat()).size)
  return text
    .subarray(0, text.lastIndexOf(NEWLINE) + 1)
    .toString('utf8')
    .split('\n')
    .slice(0, -1)
    .slice(0, count)
}

/** Where the last `count` whole lines begin. */
export async function tailStart(file: FileHandle, count: number): Promise<number> {
  const { size } = await file.stat()
  let missing = count + 1
  let earliest = size
  for (let end = size; end > 0 && size - end < MOST; end -= BLOCK) {
    const start = Math.max(0, end - BLOCK)
    const block = await readRange(file, start, end)
    for (
      let at = block.lastIndexOf(NEWLINE);
      at >= 0;
      at = at === 0 ? -1 : block.lastIndexOf(NEWLINE, at - 1)
    ) {
      missing -= 1
      earliest = start + at + 1
      if (missing === 0) return earliest
    }
    if (start === 0) return 0
  }
  return earliest
}

async function readRange(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const buffer = Buffer.alloc(end - start)
  const { bytesRead } = await file.read(buffer, 0, buffer.length, start)
  return buffer.subarray(0, bytesRead)
}
