import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { SandboxError } from './types.ts'

export interface RunOptions {
  /** Sent to standard input. @default nothing */
  input?: string
  /** Ends the command when it has run for so many ms. @default never */
  timeout?: number
}

/** Runs a command to its end. Gives its standard output; a status other than 0 is a SandboxError with what it printed. */
export async function run(argv: string[], options: RunOptions = {}): Promise<string> {
  const { status, stdout, stderr } = await attempt(argv, options)
  if (status === 0) return stdout
  const printed = (stderr.trim() || stdout.trim()).split('\n').slice(-15).join('\n')
  throw new SandboxError(`${argv.join(' ')}\nfailed with status ${status}:\n${printed}`)
}

/** Runs a command to its end and gives its status, whatever it is; 127 where there is no such command. */
export function attempt(argv: string[], { input = '', timeout }: RunOptions = {}) {
  const [command = '', ...rest] = argv
  const child = spawn(command, rest, { env: { ...process.env, PATH: searchPath() }, timeout })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  // a command that does not read its input is no failure
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
    child.on('error', (error) => resolve({ status: 127, stdout: '', stderr: error.message }))
    child.on('close', (code) => resolve({ status: code ?? 128, ...output }))
  })
}

/** Whether a program can be found, also where only root's search path has it. */
export async function hasProgram(name: string): Promise<boolean> {
  for (const folder of searchPath().split(delimiter)) {
    if (await isExecutable(join(folder, name))) return true
  }
  return false
}

/** The same process, not another that got its number later: the number with the kernel's start time, in ticks. */
export interface ProcessId {
  pid: number
  startTime: string
}

/** Identifies a running process, or undefined when there is none of that number. */
export function identify(pid: number): ProcessId | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : { pid, startTime: fields[19]! }
  } catch {
    return undefined
  }
}

/** Whether that very process still runs. Costs the reading of one small file. */
export function isAlive(id: ProcessId): boolean {
  return identify(id.pid)?.startTime === id.startTime
}

async function isExecutable(file: string) {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
}

/** The places where programs are, root's too. */
export function searchPath() {
  return [process.env['PATH'] ?? '', '/usr/local/sbin', '/usr/sbin', '/sbin'].join(delimiter)
}
