import { join } from 'node:path'
import { type Lab, PROJECT } from './lab.ts'
import type { Command } from './measure.ts'

/** The program as a user runs it, without npm around it. */
export function rehearsal(
  lab: Lab,
  words: readonly string[],
  hosts: number,
  check?: (output: string) => void,
): Command {
  return {
    argv: [process.execPath, join(PROJECT, 'runner/play.js'), '-f', String(hosts), ...words],
    cwd: lab.directory,
    check,
  }
}
