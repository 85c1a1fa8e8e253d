import { openSync, readSync, writeSync } from 'node:fs'
import { ReadStream } from 'node:tty'
import { sourceError } from '../source/diagnostic.ts'

/**
 * Asks at the terminal for something that must not be seen, also when stdin and stdout are redirected. Without a
 * terminal a line of stdin answers, as in `pass vault | play … --ask-vault-password`.
 * Throws `SourceError` when neither answers, and when the person gives up with Ctrl-C.
 */
export async function askSecret(question: string): Promise<string> {
  let terminal: number
  try {
    terminal = openSync('/dev/tty', 'r+')
  } catch {
    const line = lineOfStdin()
    if (line !== undefined) return line
    throw sourceError(`there is no terminal to ask for: ${question.replace(/:\s*$/, '')}`)
  }
  const input = new ReadStream(terminal)
  input.setRawMode(true)
  writeSync(terminal, question)
  try {
    return await readLine(input)
  } finally {
    input.setRawMode(false)
    writeSync(terminal, '\n')
    input.destroy()
  }
}

/** One line of keys in raw mode: Enter ends it, Backspace and Ctrl-U correct it, Ctrl-C and Ctrl-D give up. */
async function readLine(input: ReadStream): Promise<string> {
  const decoder = new TextDecoder('utf-8')
  return new Promise((resolve, reject) => {
    let line: string[] = []
    const giveUp = (): void => reject(sourceError('no password was given'))
    input.on('error', reject)
    input.on('end', giveUp)
    input.on('data', (chunk: Buffer) => {
      for (const key of decoder.decode(chunk, { stream: true })) {
        if (key === '\r' || key === '\n') return resolve(line.join(''))
        if (key === '\u0003' || key === '\u0004') return giveUp()
        if (key === '\u007f' || key === '\b') line = line.slice(0, -1)
        else if (key === '\u0015') line = []
        else if (key >= ' ') line.push(key)
      }
    })
  })
}

/** Byte by byte, so that what follows the line is left to whoever reads next. Undefined at the end. */
function lineOfStdin(): string | undefined {
  const bytes: number[] = []
  const byte = Buffer.alloc(1)
  try {
    while (readSync(0, byte) === 1) {
      if (byte[0] === 0x0a) return Buffer.from(bytes).toString('utf8').replace(/\r$/, '')
      bytes.push(byte[0]!)
    }
  } catch {
    // A stdin that cannot be read answers nothing.
  }
  return bytes.length === 0 ? undefined : Buffer.from(bytes).toString('utf8')
}
