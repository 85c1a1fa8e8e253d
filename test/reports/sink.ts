import { Writable } from 'node:stream'

/** A stream that keeps what is written to it. */
export class Sink extends Writable {
  text = ''
  readonly isTTY: boolean
  columns = 80
  rows = 24

  constructor({ isTTY = false } = {}) {
    super({ decodeStrings: false })
    this.isTTY = isTTY
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk
    done()
  }
}
