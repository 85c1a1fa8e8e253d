import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

export const PROJECT = resolve(import.meta.dirname, '../..')
const CLI = join(PROJECT, 'runner/play.js')

/** What `play …` did. */
export interface Done {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the program as a user would. */
export function playIn(directory: string, ...words: string[]): Done {
  return playWith('', directory, ...words)
}

/** The same, with this on its standard input. */
export function playWith(input: string, directory: string, ...words: string[]): Done {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...words], {
    cwd: directory,
    encoding: 'utf8',
    input,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, NO_COLOR: '1' },
  })
  return { exitCode: status, stdout, stderr }
}

/** A directory with these files, for as long as the function takes. */
export function withFiles<Result>(
  files: Readonly<Record<string, string>>,
  use: (directory: string) => Result,
): Result {
  const directory = mkdtempSync(join(tmpdir(), 'command-'))
  try {
    write(directory, files)
    return use(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

export function write(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
}
