import { describe, expect, test } from 'vitest'
import { sha256 } from '../../runner/host/files.ts'
import get_url from '../../runner/modules/get_url.ts'
import { download, type Download, type DownloadKey } from '../../runner/resources/download.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { diffLines, type Host, plan, textAfter } from './harness.ts'

const url = 'https://example.org/dl/app.tar?x=1'

/** A host with these files, to which each URL gives this text; what checksum programs print is `ab12`. */
function host(files: Record<string, string>, fetched: Record<string, string> = {}): Host {
  const at = (from: string) => `/tmp/.private/${sha256(Buffer.from(from))}`
  return {
    files: {
      '/opt/here': '',
      ...files,
      ...Object.fromEntries(Object.entries(fetched).map(([from, text]) => [at(from), text])),
    },
    answer: (kind, key): Download | undefined => {
      if (kind !== 'download') return undefined
      const text = fetched[(key as DownloadKey).url]
      if (text === undefined) return { error: '404' }
      const path = at((key as DownloadKey).url)
      return { path, size: text.length, sha256: sha256(Buffer.from(text)), sum: 'ab12' }
    },
  }
}

describe('a file is fetched', () => {
  test.each<[string, Dict, string]>([
    ['to a path', { dest: '/opt/app', mode: '0755' }, '/opt/app'],
    ['into a directory that is there', { dest: '/opt' }, '/opt/app.tar'],
    ['into what is written like one', { dest: '/opt/' }, '/opt/app.tar'],
  ])('%s', (_, args, path) => {
    const planned = plan(get_url, { url, ...args }, host({}, { [url]: 'new\n' }))
    expect(textAfter(planned, path)).toBe('new\n')
    expect(planned.outcome).toMatchObject({ type: 'change', result: { dest: path, url, status_code: 200 } })
    expect(planned.again()).toMatchObject({ type: 'unchanged' })
  })

  test('with force, and replaced where it differs', () => {
    const { outcome } = plan(
      get_url,
      { url, dest: '/opt/app', force: true },
      host({ '/opt/app': 'old\n' }, { [url]: 'new\n' }),
    )
    expect(diffLines(outcome)).toEqual(['/opt/app', '-old', '+new'])
  })

  test('with force, and kept where it does not differ', () => {
    const on = host({ '/opt/app': 'new\n' }, { [url]: 'new\n' })
    expect(plan(get_url, { url, dest: '/opt/app', force: true }, on).outcome.type).toBe('unchanged')
  })

  test('a large one is told by size and digest', () => {
    const big = 'x'.repeat(2 * 1024 * 1024)
    const { outcome } = plan(get_url, { url, dest: '/opt/app' }, host({}, { [url]: big }))
    expect(diffLines(outcome)).toContain(`sha256: - → ${sha256(Buffer.from(big))}`)
  })
})

describe('nothing is fetched', () => {
  test('when a file is there; its attributes are set', () => {
    const { outcome } = plan(get_url, { url, dest: '/opt/app', mode: '0755' }, host({ '/opt/app': 'old' }))
    expect(diffLines(outcome)).toEqual(['/opt/app', 'mode: 0644 → 0755'])
  })

  test('when the file there has the checksum', () => {
    const on = host({ '/opt/app': 'old' })
    const resources = { 'sha256 /opt/app': 'abc123' }
    const args = { url, dest: '/opt/app', checksum: 'sha256:ABC123' }
    expect(plan(get_url, args, { ...on, resources }).outcome).toMatchObject({
      type: 'unchanged',
      result: { msg: 'file already exists' },
    })
  })
})

describe('a checksum', () => {
  const sums = 'https://example.org/SUMS'

  test.each([
    ['names the file', 'cd34  other\nab12  ./app.tar\n'],
    ['names it as binary', 'ab12 *app.tar\n'],
    ['is alone', 'ab12\n'],
  ])('may come from a URL whose text %s', (_, text) => {
    const args = { url, dest: '/opt/app', checksum: `sha256:${sums}` }
    expect(plan(get_url, args, host({}, { [url]: 'new', [sums]: text })).outcome.type).toBe('change')
    expect(plan(get_url, args, host({}, { [url]: 'new', [sums]: 'cd34  other\n' })).outcome).toMatchObject({
      result: { msg: `Unable to find a checksum for file 'app.tar' in '${sums}'` },
    })
  })

  test('that differs fails before anything is put in place', () => {
    const args = { url, dest: '/opt/app', checksum: 'md5:00' }
    expect(plan(get_url, args, host({}, { [url]: 'new' })).outcome).toMatchObject({
      type: 'failed',
      result: { msg: 'The checksum for /opt/app did not match 00; it was ab12.' },
    })
  })
})

test.each<[Dict, string]>([
  [{ url: 'nonsense', dest: '/opt/app' }, "'nonsense' is no URL"],
  [{ url, dest: '/opt/app', checksum: 'abc' }, 'in format <algorithm>:<checksum>'],
  [{ url, dest: '/opt/app', checksum: 'crc:abc' }, "'crc' is none of"],
  [{ url, dest: '/opt/app', checksum: 'md5:xyz' }, 'The checksum format is invalid'],
  [{ url, dest: '/opt/app' }, 'Request failed: 404'],
])('%o is told', (args, msg) => {
  expect(plan(get_url, args, host({})).outcome).toMatchObject({
    type: 'failed',
    result: { msg: expect.stringContaining(msg) },
  })
})

test('secrets are no arguments of a program, and what is quoted stays so', () => {
  const key: DownloadKey = {
    url,
    headers: { 'X-A': 'b "c"' },
    user: 'me',
    password: "p'$(id)",
    timeout: 5,
    verify: false,
    agent: 'a',
    sum: 'sha1sum',
  }
  const { text } = download.read([key])
  expect(text).toContain('header = "X-A: b \\"c\\""\n')
  expect(text).toContain(`user = "me:p'$(id)"\n`)
  for (const line of text.split('\n')) if (/\b(curl|wget) /.test(line)) expect(line).not.toContain("p'$(id)")
})

test('the helper is told of ciphers, certificates and the netrc file without a word on its command line', () => {
  let asked: DownloadKey | undefined
  const on = host({}, { [url]: 'new' })
  const args = { url, dest: '/opt/app', ciphers: ['A', 'B'], client_cert: '/etc/me.pem', use_netrc: true }
  plan(get_url, args, {
    ...on,
    answer: (kind, key) => {
      asked = key as DownloadKey
      return on.answer!(kind, key)
    },
  })
  expect(asked).toMatchObject({
    netrc: true,
    ciphers: 'A:B',
    certificate: '/etc/me.pem',
    certificateKey: '/etc/me.pem',
  })
  const script = download.read([asked!]).text
  for (const line of [
    'netrc-optional',
    'ciphers = "A:B"',
    'cert = "/etc/me.pem"',
    'certificate = /etc/me.pem',
  ])
    expect(script.split('\n')).toContain(line)
})
