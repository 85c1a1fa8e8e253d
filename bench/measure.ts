import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

export interface Command {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly environment?: Readonly<Record<string, string>>
  /** Throws when the output shows that the command did not do what is measured. */
  readonly check?: (output: string) => void
}

export interface Measured {
  /** Seconds from start to exit. */
  readonly wall: number
  /** Seconds of CPU, with all processes that it waited for. */
  readonly cpu: number
  /** MiB that it held at most with its children, shared pages counted once; only when asked for. */
  readonly memory?: number
}

/** Runs a command once. `watchMemory` looks at its processes ten times a second, which costs time of its own. */
export async function measure(command: Command, watchMemory = false): Promise<Measured> {
  const { argv, cwd, environment, check } = command
  const marker = 'measured:'
  // The shell's own `time`: the only way to the CPU time of children that is everywhere.
  const child = spawn('bash', ['-c', `TIMEFORMAT='${marker}%R %U %S'; time "$@"`, 'bash', ...argv], {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()))
  let memory = 0
  const watch = watchMemory
    ? setInterval(() => (memory = Math.max(memory, memoryOf(child.pid!))), 100)
    : undefined
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve))
  clearInterval(watch)
  const [wall, user, system] = output.stderr
    .slice(output.stderr.lastIndexOf(marker) + marker.length)
    .trim()
    .split(' ')
    .map(Number) as [number, number, number]
  try {
    if (status !== 0) throw new Error(`it ended with status ${status}`)
    check?.(output.stdout)
  } catch (error) {
    const said = `${output.stdout}\n${output.stderr}`.trim().split('\n').slice(-25).join('\n')
    throw new Error(`${argv.join(' ')}: ${(error as Error).message}\n${said}`, { cause: error })
  }
  return { wall, cpu: user + system, memory: watchMemory ? memory : undefined }
}

/** MiB of a process and all below it, each page divided among those who share it. */
function memoryOf(top: number): number {
  const parents = new Map<number, number>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const stat = read(`/proc/${entry}/stat`)
    parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
  }
  let kibibytes = 0
  for (const id of parents.keys()) {
    let above: number | undefined = id
    while (above !== undefined && above !== top) above = parents.get(above)
    if (above === top) kibibytes += Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${id}/smaps_rollup`))?.[1] ?? 0)
  }
  return kibibytes / 1024
}

/** Empty when the process has ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
