import type { Frame } from './session.ts'

/*
 * How a frame travels. To the shell go, with a mark that is random for each session:
 *
 *   without payload   MARK lines bytes\n  script               to the frame shell
 *                     MARK\n                                   to the loop, once the script has ended
 *
 *   with payload      skip\n                                   to the frame shell that was started ahead
 *                     MARK total\n                             to the loop, which cuts off `total` bytes:
 *                     MARK lines bytes payload\n  script  payload
 *
 * Back come, on standard output: `MARK begin pid\n`, the script's output, `MARK end status\n`; on standard error the
 * script's errors and `MARK end status\n`. Nothing is added to either, not even a newline. `MARK moved\n` may follow
 * on standard output: see `loop.ts`.
 */

/** Above this many bytes a process is started to read the script; up to it the shell reads byte by byte. */
const READ_BY_SHELL = 1500

/** The pieces to write, in order. */
export function encodeFrame(mark: string, { script, payload }: Frame): (string | Uint8Array)[] {
  const body = encodeScript(mark, script.text, payload !== undefined)
  if (payload === undefined) return [`${body}${mark}\n`]
  return [`skip\n${mark} ${Buffer.byteLength(body) + payload.length}\n${body}`, payload]
}

function encodeScript(mark: string, script: string, payload: boolean): string {
  const length = Buffer.byteLength(script)
  const input = payload ? ' payload' : ' -'
  if (length > READ_BY_SHELL) return `${mark} 0 ${length}${input}\n${script}`
  const lines = script.split('\n').length
  return `${mark} ${lines} 0${input}\n${script}\n`
}

export type FramePart =
  | { readonly kind: 'output'; readonly bytes: Buffer }
  | { readonly kind: 'mark'; readonly words: readonly string[] }

/** Cuts one stream into output and marked lines, however it arrives in chunks. Holds back at most part of a mark. */
export class FrameReader {
  readonly #mark: Buffer
  #held: Buffer = Buffer.alloc(0)

  constructor(mark: string) {
    this.#mark = Buffer.from(`${mark} `)
  }

  *read(chunk: Buffer): Generator<FramePart> {
    const data = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    let start = 0
    for (;;) {
      const found = data.indexOf(this.#mark, start)
      const end = found < 0 ? -1 : data.indexOf(0x0a, found + this.#mark.length)
      const outputEnd = found < 0 ? data.length - this.#partial(data, start) : found
      if (outputEnd > start) yield { kind: 'output', bytes: data.subarray(start, outputEnd) }
      if (end < 0) {
        this.#held = data.subarray(outputEnd)
        return
      }
      const words = data.toString('latin1', found + this.#mark.length, end).split(' ')
      start = end + 1
      this.#held = data.subarray(start)
      yield { kind: 'mark', words }
    }
  }

  /** How many bytes at the end may be the beginning of a mark. */
  #partial(data: Buffer, start: number): number {
    for (let length = Math.min(this.#mark.length - 1, data.length - start); length > 0; length--) {
      if (data.compare(this.#mark, 0, length, data.length - length) === 0) return length
    }
    return 0
  }
}
