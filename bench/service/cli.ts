import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs, promisify } from 'node:util'
import { median } from '../table.ts'
import { cpuOf } from './cpu.ts'
import { startNginx } from './nginx.ts'

/**
 * `npm run bench -- service`: requests per second through nginx, of the service against a bare `node:http` server with
 * as many workers, taking turns. The load comes from autocannon on the same machine.
 */
const HELP = `npm run bench -- service [options]

  --path /health    what is asked for
  --workers 4       worker processes, of either
  --connections 64  connections of the load generator
  --seconds 5       how long each is measured
  --runs 5          how often
  --node=ARGUMENT   for the service's node, such as --cpu-prof
`

const PROJECT = resolve(import.meta.dirname, '../..')
const PORTS = { bare: [5970, 5971], service: [5980, 5981] } as const

type Name = keyof typeof PORTS

interface Measured {
  perSecond: number
  p99: number
  /** Milliseconds of CPU per thousand requests, of nginx and of what is behind it. */
  nginx: number
  server: number
  failed: number
}

export async function benchService(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      path: { type: 'string', default: '/health' },
      workers: { type: 'string', default: '4' },
      connections: { type: 'string', default: '64' },
      seconds: { type: 'string', default: '5' },
      runs: { type: 'string', default: '5' },
      node: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(HELP)
    return
  }
  const directory = mkdtempSync(join(tmpdir(), 'bench-service-'))
  const started: ChildProcess[] = []
  const measured: Record<Name, Measured[]> = { bare: [], service: [] }
  try {
    const pairs = {} as Record<Name, { nginx: ChildProcess; server: ChildProcess }>
    for (const name of ['bare', 'service'] as const) {
      const [front, back] = PORTS[name]
      const server = name === 'bare' ? startBare(back, values.workers) : startService(directory, back, values)
      const nginx = startNginx(join(directory, name), front, back)
      started.push(server, nginx)
      pairs[name] = { server, nginx }
    }
    for (const name of ['bare', 'service'] as const) await answering(PORTS[name][0], values.path)
    for (let run = 0; run <= Number(values.runs); run += 1) {
      for (const name of ['bare', 'service'] as const) {
        // The first of each is to warm up.
        const seconds = run === 0 ? 2 : Number(values.seconds)
        const result = await measureOne(pairs[name], PORTS[name][0], values, seconds)
        if (run > 0) measured[name].push(result)
      }
    }
  } finally {
    for (const child of started) child.kill('SIGTERM')
    await Promise.all(started.map((child) => new Promise((done) => child.once('close', done))))
    rmSync(directory, { recursive: true, force: true })
  }
  process.stdout.write(report(measured))
}

function startBare(port: number, workers: string): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, 'bare.ts'), String(port), workers], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

/** As the role app starts it; its standard output goes nowhere instead of to the journal. */
function startService(directory: string, port: number, values: { workers: string; node: string[] }) {
  const secret = join(directory, 'secret')
  writeFileSync(secret, 'x'.repeat(64), { mode: 0o600 })
  return spawn(
    process.execPath,
    ['--enable-source-maps', ...values.node, join(PROJECT, 'dist/service.mjs')],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'production',
        ENVIRONMENT: 'production',
        PORT: String(port),
        WORKERS: values.workers,
        WORKER_MAX_REQUESTS: '0',
        SECRET_KEY_FILE: secret,
        ADMIN_TOKEN_FILE: secret,
        ADMIN_SOCKET: join(directory, 'admin.sock'),
        LOG_FILE: join(directory, 'service.log'),
        ERROR_LOG_FILE: join(directory, 'service-error.log'),
      },
    },
  )
}

async function answering(port: number, path: string): Promise<void> {
  const end = Date.now() + 20_000
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined)
    await response?.arrayBuffer()
    if (response?.ok === true) return
    if (Date.now() > end) throw new Error(`port ${port} does not answer: ${response?.status ?? 'nothing'}`)
    await setTimeout(100)
  }
}

async function measureOne(
  { nginx, server }: { nginx: ChildProcess; server: ChildProcess },
  port: number,
  values: { path: string; connections: string },
  seconds: number,
): Promise<Measured> {
  const before = [cpuOf(nginx.pid!), cpuOf(server.pid!)] as const
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      join(PROJECT, 'node_modules/autocannon/autocannon.js'),
      '--json',
      '--connections',
      values.connections,
      '--duration',
      String(seconds),
      `http://127.0.0.1:${port}${values.path}`,
    ],
    { maxBuffer: 1e7 },
  )
  const result = JSON.parse(stdout) as {
    duration: number
    '2xx': number
    non2xx: number
    errors: number
    latency: { p99: number }
  }
  const count = result['2xx']
  const perThousand = (now: number, then: number) => (1000 * (now - then)) / (count / 1000)
  return {
    perSecond: count / result.duration,
    p99: result.latency.p99,
    nginx: perThousand(cpuOf(nginx.pid!), before[0]),
    server: perThousand(cpuOf(server.pid!), before[1]),
    failed: result.non2xx + result.errors,
  }
}

function report(measured: Record<Name, Measured[]>): string {
  const of = (name: Name, what: keyof Measured) => median(measured[name].map((each) => each[what]))
  const line = (name: Name) => {
    const rates = measured[name].map(({ perSecond }) => Math.round(perSecond))
    const ratio = of(name, 'perSecond') / of('bare', 'perSecond')
    return [
      name,
      `${Math.round(of(name, 'perSecond'))} (${Math.min(...rates)}–${Math.max(...rates)})`,
      `${(100 * ratio).toFixed(0)} %`,
      `${of(name, 'p99')} ms`,
      `${of(name, 'nginx').toFixed(0)} ms`,
      `${of(name, 'server').toFixed(0)} ms`,
      measured[name].reduce((sum, each) => sum + each.failed, 0),
    ]
  }
  const head = [
    'behind nginx',
    'requests/s (spread)',
    'to bare',
    'p99',
    'CPU of nginx / 1000',
    'CPU of server / 1000',
    'failed',
  ]
  const rows = [head, head.map(() => '---'), line('bare'), line('service')]
  return `${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`
}
