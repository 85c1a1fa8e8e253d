import { openSync, writeSync } from 'node:fs'
import { ReadStream } from 'node:tty'

/**
 * Asks at the terminal for something that must not be seen, also when stdin and stdout are redirected.
 * Throws an Error when there is no terminal or the person gives up with Ctrl-C.
 */
export async function askSecret(question: string): Promise<string> {
  let terminal: number
  try {
    terminal = openSync('/dev/tty', 'r+')
  } catch {
    throw new Error(`there is no terminal to ask for: ${question.replace(/:\s*$/, '')}`)
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
    const giveUp = (): void => reject(new Error('no password was given'))
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
