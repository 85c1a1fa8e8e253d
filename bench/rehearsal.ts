import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Lab, PROJECT } from './lab.ts'
import type { Command } from './measure.ts'

const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
  scripts: { play: string }
}
const [, ...flags] = scripts.play.split(' ')
const PLAY = [process.execPath, ...flags.map((each) => (each.startsWith('-') ? each : join(PROJECT, each)))]

/** The program as a user runs it, without npm around it. */
export function rehearsal(
  lab: Lab,
  words: readonly string[],
  hosts: number,
  check?: (output: string) => void,
): Command {
  return {
    argv: [...PLAY, '-f', String(hosts), ...words],
    cwd: lab.directory,
    check,
  }
}
