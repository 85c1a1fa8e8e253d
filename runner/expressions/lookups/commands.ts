import { spawnSync } from 'node:child_process'
import type { Value } from '../../variables/value.ts'
import { asText, dict, list, number, text } from '../convert.ts'
import type { Frame } from '../frame.ts'
import { Failure, type Item } from '../items.ts'
import { truthy } from '../python/compare.ts'
import { splitLines } from '../python/strings.ts'
import { plain, type Routines } from '../routine.ts'
import { optionsOf } from './options.ts'

/** Lookups that ask a command or a server. */
export const commandLookups: Routines = {
  pipe: plain('*terms', (frame, terms) => list(terms).map((term) => shell(asText(term), frame).trimEnd())),
  lines: plain('*terms', (frame, terms) =>
    list(terms).flatMap((term) => splitLines(shell(asText(term), frame))),
  ),
  url: plain('*terms **options', (_, terms, given) => {
    const options = optionsOf(given, {
      validate_certs: true,
      split_lines: true,
      use_proxy: true,
      username: null,
      password: null,
      headers: {},
      force: false,
      timeout: 10,
      http_agent: 'rehearsal',
      force_basic_auth: false,
      follow_redirects: 'urllib2',
    })
    return list(terms).flatMap((term): Value[] => {
      const body = download(text(term, 'address'), options)
      return truthy(options.split_lines) ? splitLines(body) : [body]
    })
  }),
}

/** The standard output of a command on this machine. @throws Failure when it does not succeed. */
function shell(command: string, frame: Frame): string {
  const { playbookDir } = frame.evaluation.scope.surroundings
  const { status, stdout, stderr, error } = spawnSync('/bin/sh', ['-c', command], {
    cwd: playbookDir,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 256 * 1024 * 1024,
  })
  if (error !== undefined) throw new Failure(`the command cannot be run: ${error.message}`)
  if (status === 0) return stdout
  throw new Failure(
    `the command failed with ${status ?? 'a signal'}`,
    stderr.trim().split('\n').at(-1) || undefined,
  )
}

/** Lookups are synchronous and HTTP is not: another Node asks, and gets everything over its standard input. */
const client = `
const { url, headers, redirect, timeout } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'))
fetch(url, { headers, redirect, signal: AbortSignal.timeout(timeout) })
  .then(async (response) => {
    if (!response.ok) throw new Error('HTTP ' + response.status + ' ' + response.statusText)
    process.stdout.write(await response.text())
  })
  .catch((error) => {
    process.stderr.write(String(error.cause?.message ?? error.message))
    process.exitCode = 1
  })`

function download(url: string, options: Readonly<Record<string, Item>>): string {
  const { username = null, password = null, timeout = 10 } = options
  const headers: Record<string, string> = { 'user-agent': asText(options['http_agent'] ?? 'rehearsal') }
  for (const [name, value] of Object.entries(dict(options['headers'] ?? {})))
    headers[name.toLowerCase()] = asText(value)
  if (username !== null) {
    const login = `${asText(username)}:${password === null ? '' : asText(password)}`
    headers['authorization'] = `Basic ${Buffer.from(login).toString('base64')}`
  }
  const redirect = ['no', 'none', 'false'].includes(asText(options['follow_redirects'] ?? '').toLowerCase())
    ? 'error'
    : 'follow'
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', client], {
    input: JSON.stringify({ url, headers, redirect, timeout: number(timeout) * 1000 }),
    encoding: 'utf8',
    env: {
      ...process.env,
      ...(!truthy(options['validate_certs'] ?? true) && {
        NODE_TLS_REJECT_UNAUTHORIZED: '0',
        NODE_NO_WARNINGS: '1',
      }),
    },
    maxBuffer: 256 * 1024 * 1024,
  })
  if (status !== 0) throw new Failure(`'${url}' cannot be read: ${stderr.trim()}`)
  return stdout
}
