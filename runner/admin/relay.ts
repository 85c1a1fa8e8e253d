import { type Answer, FrameTimeout, type Session } from '../transport/session.ts'
import { joinScripts, type Script, sh } from '../transport/shell.ts'

/** A request to the admin API, as the relay on the host makes it. */
export interface RelayRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly body?: string
  /** For a stream of events: milliseconds to wait for the first one. What comes with it comes along. */
  readonly wait?: number
}

export interface RelayAnswer {
  readonly status: number
  readonly body: string
}

/** The service cannot be asked. The message says why and, where there is something to do about it, what. */
export class AdminUnavailable extends Error {
  override readonly name = 'AdminUnavailable'
}

/** Longest that an answer may take: recycling all workers waits for the last successor. */
const TIMEOUT = 180

/**
 * Runs on the host, by the Node that the service itself runs on. It finds the API where the service's own environment
 * says that it listens, and reads the token there, so that the token never leaves the host. `process.argv[1]` is the
 * service's process; the request comes on standard input.
 */
const RELAY = `
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
const say = (answer) => process.stdout.write(JSON.stringify(answer))
const variables = readFileSync('/proc/' + process.argv[1] + '/environ', 'utf8').split('\\0')
const env = Object.fromEntries(variables.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
const first = (list) => (list ? list.split(':')[0] : undefined)
const tokenFile = env.ADMIN_TOKEN_FILE || (env.CREDENTIALS_DIRECTORY && join(env.CREDENTIALS_DIRECTORY, 'admin_token'))
const socketPath = env.ADMIN_SOCKET || (!env.ADMIN_PORT && env.RUNTIME_DIRECTORY ? join(first(env.RUNTIME_DIRECTORY), 'admin.sock') : undefined)
const where = socketPath ? { socketPath } : { host: env.ADMIN_HOST || '127.0.0.1', port: Number(env.ADMIN_PORT || 5001) }
const { method, path, body, wait } = JSON.parse(readFileSync(0, 'utf8'))
const main = () => {
  if (!tokenFile) return say({ problem: 'no-token' })
  let token
  try {
    token = readFileSync(tokenFile, 'utf8').trim()
  } catch (error) {
    return say({ problem: 'token', code: error.code, file: tokenFile })
  }
  const headers = { Authorization: 'Bearer ' + token, 'Content-Type': 'application/json' }
  if (wait !== undefined) headers.Accept = 'text/event-stream'
  const call = request({ ...where, method, path, headers }, (response) => {
    let text = ''
    const done = () => {
      say({ status: response.statusCode, body: text })
      call.destroy()
    }
    let timer = wait === undefined ? undefined : setTimeout(done, wait)
    let soon = false
    response.setEncoding('utf8')
    response.on('data', (chunk) => {
      text += chunk
      if (wait === undefined || soon || !/^id: /m.test(text)) return
      soon = true
      clearTimeout(timer)
      timer = setTimeout(done, 50)
    })
    response.on('end', () => {
      clearTimeout(timer)
      done()
    })
  })
  let answered = false
  call.on('response', () => (answered = true))
  call.on('error', (error) => {
    if (!answered) say({ problem: 'connect', code: error.code, at: socketPath || where.host + ':' + where.port })
  })
  call.end(body)
}
main()
`

/** A script that prints the process id of a systemd unit's service; nothing, with a word, when there is none. */
export function processOfUnit(unit: string): Script {
  return sh`
state=$(systemctl show -p LoadState --value -- ${unit} 2>/dev/null) || state=none
case $state in
  loaded) systemctl show -p MainPID --value -- ${unit};;
  *) echo missing;;
esac`
}

/**
 * Has the relay make a request. `locate` prints the process id of the service, 0 when it does not run, or `missing`.
 * @throws {AdminUnavailable}
 */
export async function relay(
  session: Session,
  locate: Script,
  service: string,
  wanted: RelayRequest,
): Promise<RelayAnswer> {
  const script = joinScripts([
    sh`pid=$(${locate}
)
case $pid in
  '' | 0 | missing) echo "$pid"; exit 70;;
esac
exec "/proc/$pid/exe" --input-type=module --eval ${RELAY} "$pid"`,
  ])
  const answer = await run(session, service, script, wanted)
  const text = answer.stdout.toString()
  if (answer.status === 70) {
    throw new AdminUnavailable(
      text.trim() === 'missing'
        ? `there is no ${service}; --service names another`
        : `${service} does not run; journalctl -u ${service} on the host says why`,
    )
  }
  if (answer.status !== 0) {
    const said = answer.stderr.toString().trim().split('\n').at(-1) ?? ''
    throw new AdminUnavailable(
      `the admin API of ${service} could not be asked: ${said || `status ${answer.status}`}`,
    )
  }
  return understood(text, service)
}

async function run(session: Session, service: string, script: Script, wanted: RelayRequest): Promise<Answer> {
  try {
    return await session.run({ script, payload: Buffer.from(JSON.stringify(wanted)), timeout: TIMEOUT })
  } catch (error) {
    if (!(error instanceof FrameTimeout)) throw error
    throw new AdminUnavailable(`the admin API of ${service} does not answer`)
  }
}

function understood(text: string, service: string): RelayAnswer {
  const answer = JSON.parse(text) as RelayAnswer & {
    problem?: 'no-token' | 'token' | 'connect'
    code?: string
    file?: string
    at?: string
  }
  switch (answer.problem) {
    case 'no-token':
      throw new AdminUnavailable(`${service} has no admin API: ADMIN_TOKEN_FILE is not set`)
    case 'token':
      throw new AdminUnavailable(
        `the token of the admin API in ${answer.file} cannot be read (${answer.code})`,
      )
    case 'connect':
      throw new AdminUnavailable(
        `the admin API of ${service} does not answer at ${answer.at} (${answer.code})`,
      )
    case undefined:
      break
  }
  if (answer.status === 401) {
    throw new AdminUnavailable(
      `the admin API of ${service} refuses the token in its file; systemctl reload ${service} makes it read the file anew`,
    )
  }
  if (answer.status === 429)
    throw new AdminUnavailable(
      `the admin API of ${service} has had too many wrong tokens; try again in a minute`,
    )
  return answer
}
