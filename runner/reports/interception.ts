/**
 * Notices whatever anybody writes to a stream, until it is closed, just before it is written. So lines that move at the
 * bottom of a terminal can get out of the way of warnings by Node, output of a library, or a prompt.
 */
export class Interception {
  /** The same stream, on which writing is not noticed. */
  readonly direct: NodeJS.WriteStream
  readonly #giveBack: () => void

  constructor(stream: NodeJS.WriteStream, notice: (text: string | Uint8Array) => void) {
    // oxlint-disable-next-line typescript/unbound-method -- bound in the next line, given back as it was
    const original = stream.write
    const write = original.bind(stream)
    this.#giveBack = () => {
      stream.write = original
    }
    this.direct = new Proxy(stream, {
      get: (target, name): unknown => (name === 'write' ? write : Reflect.get(target, name, target)),
    })
    stream.write = (text: string | Uint8Array, ...rest: unknown[]): boolean => {
      if (text.length > 0 && !CURSOR.test(String(text))) notice(text)
      return write(text, ...(rest as []))
    }
  }

  close(): void {
    this.#giveBack()
  }
}

/** Hiding and showing the cursor leaves no trace on the screen, and is part of drawing. */
const CURSOR = /^\x1b\[\?25[hl]$/
