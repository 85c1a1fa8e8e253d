import { createHash } from 'node:crypto'
import { openScratch } from '../packages/scratch.ts'
import { authoredScript, joinScripts, type Script, sh } from '../transport/shell.ts'
import { type Environment, exported } from './environment.ts'
import { defineResource } from './resource.ts'

/** What to fetch, and how. */
export interface DownloadKey {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly user?: string
  readonly password?: string
  /** Seconds without an answer. */
  readonly timeout: number
  readonly verify: boolean
  readonly agent: string
  /** Whether the user's netrc file is looked into. */
  readonly netrc?: boolean
  readonly ciphers?: string
  /** Absolute paths of PEM files on the host. */
  readonly certificate?: string
  readonly certificateKey?: string
  readonly environment?: Environment
  /** The program of the checksum that is wanted: `sha1sum`. */
  readonly sum: string
}

/** What was fetched into the session's private directory on the host. */
export type Download =
  | { readonly path: string; readonly size: number; readonly sha256: string; readonly sum: string }
  | { readonly error: string }

/**
 * What a host gets from a URL: fetched by curl, by wget, or by the helper that every apt has, into a directory that goes
 * with the session. Passwords and headers never reach those programs as arguments.
 */
export const download = defineResource<DownloadKey, Download>({
  name: 'download',
  id: (key) => `${key.url} ${createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 16)}`,
  dear: true,
  read: (keys) => joinScripts(keys.map((key) => fetching(key))),
  parse: (answer, keys) => {
    const records = answer.toString('utf8').split('\0')
    return keys.map((_, index) => {
      const [outcome = '', path = '', size = '', sha256 = '', sum = ''] = records.slice(index * 5)
      return outcome === 'ok'
        ? { path, size: Number(size), sha256, sum }
        : { error: path.trim() || 'the download failed' }
    })
  },
  matches: () => true,
})

function fetching(key: DownloadKey): Script {
  const name = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 24)
  return sh`( ${openScratch}
${exported(key.environment)}
target=$scratch/${name}
rm -f -- "$target"
if command -v curl >/dev/null; then
  complaint=$(curl --config - -o "$target" 2>&1 >/dev/null <<'SETTINGS'
${lines(curlSettings(key))}
SETTINGS
)
elif command -v wget >/dev/null; then
  # wget reads no settings from a pipe: this file has no name any more when wget begins.
  cat > "$target.settings" <<'SETTINGS'
${lines(wgetSettings(key))}
SETTINGS
  exec 3< "$target.settings"; rm -f -- "$target.settings"
  complaint=$(wget --config=/dev/fd/3 -i /dev/fd/4 -O "$target" 2>&1 4<<'ADDRESS'
${lines([key.url])}
ADDRESS
)
elif [ -x /usr/lib/apt/apt-helper ] && ${isPlain(key) ? sh`true` : sh`false`}; then
  complaint=$(/usr/lib/apt/apt-helper -q -o APT::Sandbox::User= -o Acquire::http::Timeout=${key.timeout} -o Acquire::Retries=0 download-file ${key.url} "$target" 2>&1)
else complaint='neither curl nor wget is there to fetch it'; false; fi
if [ $? = 0 ] && [ -f "$target" ]; then
  sha=$(sha256sum < "$target"); sum=$(${key.sum} < "$target")
  printf 'ok\\0%s\\0%s\\0%s\\0%s\\0' "$target" "$(stat -c %s -- "$target")" "\${sha%% *}" "\${sum%% *}"
else printf 'no\\0%s\\0\\0\\0\\0' "$complaint"; fi )`
}

// apt's helper takes no settings, and shows the address to everybody on the host.
function isPlain({ url, headers, user, verify, ciphers, certificate }: DownloadKey): boolean {
  const { username, password } = new URL(url)
  return (
    Object.keys(headers).length === 0 &&
    user === undefined &&
    verify &&
    username === '' &&
    password === '' &&
    ciphers === undefined &&
    certificate === undefined
  )
}

function curlSettings(key: DownloadKey): string[] {
  const { url, headers, user, password = '', timeout, verify, agent, netrc, ciphers } = key
  const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`
  return [
    `url = ${quoted(url)}`,
    'globoff',
    'fail',
    'silent',
    'show-error',
    'location',
    `connect-timeout = ${timeout}`,
    `speed-time = ${timeout}`,
    'speed-limit = 1',
    `user-agent = ${quoted(agent)}`,
    ...(verify ? [] : ['insecure']),
    ...(netrc && user === undefined ? ['netrc-optional'] : []),
    ...(ciphers === undefined ? [] : [`ciphers = ${quoted(ciphers)}`]),
    ...(key.certificate === undefined
      ? []
      : [`cert = ${quoted(key.certificate)}`, `key = ${quoted(key.certificateKey!)}`]),
    ...(user === undefined ? [] : [`user = ${quoted(`${user}:${password}`)}`]),
    ...Object.entries(headers).map(([header, value]) => `header = ${quoted(`${header}: ${value}`)}`),
  ]
}

function wgetSettings(key: DownloadKey): string[] {
  const { headers, user, password = '', timeout, verify, agent, netrc = false, ciphers } = key
  return [
    'verbose = off',
    'tries = 1',
    `timeout = ${timeout}`,
    `user_agent = ${agent}`,
    ...(verify ? [] : ['check_certificate = off']),
    `netrc = ${netrc ? 'on' : 'off'}`,
    ...(ciphers === undefined ? [] : [`ciphers = ${ciphers}`]),
    ...(key.certificate === undefined
      ? []
      : [`certificate = ${key.certificate}`, `private_key = ${key.certificateKey!}`]),
    ...(user === undefined ? [] : [`user = ${user}`, `password = ${password}`, 'auth_no_challenge = on']),
    ...Object.entries(headers).map(([header, value]) => `header = ${header}: ${value}`),
  ]
}

/** Lines that a program reads from a pipe; nothing in the shell touches them. */
function lines(texts: readonly string[]): Script {
  return authoredScript(texts.map((line) => line.replaceAll(/[\r\n\0]/g, ' ')).join('\n'))
}
