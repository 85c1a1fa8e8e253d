import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Everything that the loop and ordinary scripts use, in BusyBox's version. */
const applets = 'sh head cat dd setsid sleep printf tr wc seq kill ps id'.split(' ')

/**
 * Commands that start `sh` in an environment where `sh` is that shell, for those that are on this machine. With
 * BusyBox the other tools are its own too, so that its `head` is the one that reads ahead.
 *
 * @param directory where these environments are made
 */
export function shellsIn(directory: string): [name: string, command: readonly string[]][] {
  return [
    ...['dash', 'bash'].flatMap((name) => inEnvironment(directory, name, ['sh'])),
    ...inEnvironment(directory, 'busybox', applets),
  ]
}

function inEnvironment(
  directory: string,
  program: string,
  names: readonly string[],
): [string, readonly string[]][] {
  const path = which(program)
  if (path === undefined) return []
  const folder = join(directory, `shell-${program}`)
  mkdirSync(folder)
  for (const name of names) symlinkSync(path, join(folder, name))
  return [[program, ['env', `PATH=${folder}${delimiter}${process.env['PATH']}`, 'sh']]]
}

function which(program: string): string | undefined {
  try {
    return execFileSync('sh', ['-c', `command -v ${program}`])
      .toString()
      .trim()
  } catch {
    return undefined
  }
}
