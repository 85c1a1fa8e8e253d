import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { splitWords } from '../inventory/words.ts'

/** The magic number of tmpfs: what lies there is in memory only. */
const TMPFS = 0x01021994

/**
 * Lets a person edit text in `$VISUAL`, `$EDITOR` or vi and gives what they saved. The plain text lies in a file that
 * only they can read, in memory (tmpfs), and is removed whatever happens: a watchdog process that outlives this one
 * removes the directory as soon as this one is gone, even when it was killed.
 * Throws an Error when the editor fails.
 *
 * @param name the file's name, so that the editor knows the kind of text
 */
export async function editText(plain: Uint8Array, name: string): Promise<Buffer> {
  const directory = mkdtempSync(join(memoryDirectory(), 'play-vault-'))
  const watchdog = startWatchdog(directory)
  const file = join(directory, basename(name))
  try {
    writeFileSync(file, plain, { mode: 0o600, flag: 'wx' })
    await runEditor(file)
    return readFileSync(file)
  } finally {
    rmSync(directory, { recursive: true, force: true })
    watchdog.stdin?.end()
  }
}

/** A directory that is never written to a disk; where there is none, the ordinary one for temporary files. */
function memoryDirectory(): string {
  const candidates = ['/dev/shm', process.env['XDG_RUNTIME_DIR']]
  return candidates.find((path) => path !== undefined && isMemory(path)) ?? tmpdir()
}

function isMemory(path: string): boolean {
  try {
    return statfsSync(path).type === TMPFS
  } catch {
    return false
  }
}

/**
 * Waits for the end of its stdin, which comes when this process ends it or is gone, and removes the directory.
 * In a session of its own and deaf to signals, so that what ends this process's group does not end it.
 */
function startWatchdog(directory: string): ChildProcess {
  const script = 'trap "" HUP INT TERM QUIT; cat >/dev/null; rm -rf -- "$1"'
  const watchdog = spawn('/bin/sh', ['-c', script, 'sh', directory], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  watchdog.unref()
  return watchdog
}

const ignore = (): void => {}

async function runEditor(file: string): Promise<void> {
  const command = process.env['VISUAL'] || process.env['EDITOR'] || 'vi'
  const [program = 'vi', ...args] = splitWords(command).map(({ text }) => text)
  const editor = spawn(program, [...args, file], { stdio: 'inherit' })
  // Ctrl-C belongs to the editor; what ends this process must end the editor too, before the file goes.
  const end = (signal: NodeJS.Signals): void => void editor.kill(signal)
  process.on('SIGINT', ignore).on('SIGTERM', end).on('SIGHUP', end)
  try {
    await new Promise<void>((resolve, reject) => {
      editor.once('error', (error) =>
        reject(new Error(`the editor ${program} cannot be started: ${error.message}`)),
      )
      editor.once('exit', (code, signal) => {
        if (code === 0) resolve()
        else
          reject(
            new Error(`the editor ${program} ${signal ? `was ended by ${signal}` : `exited with ${code}`}`),
          )
      })
    })
  } finally {
    process.off('SIGINT', ignore).off('SIGTERM', end).off('SIGHUP', end)
  }
}
