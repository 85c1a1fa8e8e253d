import { execFileSync } from 'node:child_process'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import uri from '../../runner/modules/uri.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { plan } from './harness.ts'
import { localWorld } from './local-world.ts'

interface Seen {
  readonly method: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

let server: Server
let base: string
let seen: Seen[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    void text(request).then((body) => {
      seen.push({ method: request.method!, headers: request.headers, body })
      const to = new URL(request.url!, 'http://x')
      switch (to.pathname) {
        case '/json':
          response.setHeader('Content-Type', 'application/json; charset=utf-8')
          return response.end('{"a":[1]}')
        case '/gzip':
          response.setHeader('Content-Encoding', 'gzip')
          return response.end(gzipSync('plain'))
        case '/cookies':
          response.setHeader('Set-Cookie', ['a=1; Path=/', 'b=x=y; HttpOnly'])
          return response.end()
        case '/to':
          response.writeHead(Number(to.searchParams.get('status') ?? 302), {
            Location: to.searchParams.get('at')!,
          })
          return response.end()
        case '/slow':
          return undefined
        case '/none':
          response.statusCode = 404
          return response.end('no such thing')
        default:
          return response.end('hello')
      }
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.closeAllConnections())
afterAll(() => void server.close())

async function request(args: Dict): Promise<Dict> {
  seen = []
  const { outcome } = plan(uri, args, {
    author: { 'body.txt': 'from a file' },
    files: { '/tmp/x': 'of the host' },
  })
  if (outcome.type === 'look') return outcome.run(localWorld())
  if (outcome.type === 'opaque') return outcome.perform(localWorld())
  throw new Error(JSON.stringify(outcome))
}

describe('an answer', () => {
  test('that is good tells status, headers and length', async () => {
    expect(await request({ url: `${base}/json` })).toMatchObject({
      changed: false,
      status: 200,
      url: `${base}/json`,
      redirected: false,
      content_type: 'application/json; charset=utf-8',
      json: { a: [1] },
      msg: 'OK (9 bytes)',
    })
  })

  test.each<[string, string, Dict]>([
    ['its content where that is wanted', '/', { content: 'hello' }],
    ['what was compressed as it was', '/gzip', { content: 'plain' }],
    ['its cookies', '/cookies', { cookies: { a: '1', b: 'x=y' }, cookies_string: 'a=1; b=x=y' }],
  ])('tells %s', async (_, path, expected) => {
    expect(await request({ url: base + path, return_content: true })).toMatchObject(expected)
  })

  test('of another status is a failure, and tells what it said', async () => {
    expect(await request({ url: `${base}/none` })).toMatchObject({
      failed: true,
      status: 404,
      content: 'no such thing',
      msg: 'Status code was 404 and not [200]: Not Found',
    })
    expect(await request({ url: `${base}/none`, status_code: '200,404' })).not.toHaveProperty('failed')
  })

  test.each<[string, () => string, string]>([
    ['never comes', () => `${base}/slow`, 'no answer within 1 s'],
    ['cannot come', () => 'http://127.0.0.1:1/', 'ECONNREFUSED'],
  ])('that %s is a failure of status -1', async (_, url, why) => {
    expect(await request({ url: url(), timeout: 1 })).toMatchObject({
      failed: true,
      status: -1,
      msg: expect.stringContaining(why),
    })
  })
})

describe('a redirection', () => {
  test('is followed', async () => {
    const result = await request({ url: `${base}/to?at=/json` })
    expect(result).toMatchObject({ status: 200, url: `${base}/json`, redirected: true })
  })

  test.each<[string, Dict, number]>([
    ['where none is wanted', { follow_redirects: 'none' }, 302],
    ['after something was changed', { method: 'POST' }, 302],
  ])('is not followed %s', async (_, args, status) => {
    expect(await request({ url: `${base}/to?at=/json`, status_code: status, ...args })).toMatchObject({
      status,
    })
  })

  test('keeps method and body where its status says so', async () => {
    await request({ url: `${base}/to?at=/x&status=307`, method: 'POST', body: 'b', follow_redirects: 'all' })
    expect(seen.map(({ method, body }) => `${method} ${body}`)).toEqual(['POST b', 'POST b'])
  })

  test('does not carry credentials to another host', async () => {
    const other = base.replace('127.0.0.1', 'localhost')
    const headers = { Cookie: 'a=1', 'X-Mine': 'y' }
    await request({ url: `${base}/to?at=${other}/`, url_username: 'me', url_password: 'pw', headers })
    expect(seen[0]!.headers).toMatchObject({ authorization: 'Basic bWU6cHc=', cookie: 'a=1' })
    expect(seen[1]!.headers).toMatchObject({ 'x-mine': 'y' })
    expect(seen[1]!.headers).not.toHaveProperty('authorization')
    expect(seen[1]!.headers).not.toHaveProperty('cookie')
  })

  test('to something else than HTTP is a failure', async () => {
    expect(await request({ url: `${base}/to?at=file:///etc/passwd` })).toMatchObject({
      failed: true,
      msg: expect.stringContaining('neither http nor https'),
    })
  })
})

describe('a body', () => {
  test.each<[string, Dict, string, string | undefined]>([
    ['as it is', { body: 'text' }, 'text', undefined],
    ['as JSON', { body: { a: [1, null] }, body_format: 'json' }, '{"a":[1,null]}', 'application/json'],
    [
      'as a form',
      { body: { a: 'x y', b: [1, 2] }, body_format: 'form-urlencoded' },
      'a=x+y&b=1&b=2',
      'application/x-www-form-urlencoded',
    ],
    [
      'as a form of pairs',
      {
        body: [
          ['a', 1],
          ['a', 2],
        ],
        body_format: 'form-urlencoded',
      },
      'a=1&a=2',
      'application/x-www-form-urlencoded',
    ],
    ['of a file of this side', { src: 'body.txt' }, 'from a file', undefined],
    ['of a file of the host', { src: '/tmp/x', remote_src: true }, 'of the host', undefined],
  ])('is sent %s', async (_, args, body, type) => {
    await request({ url: base, method: 'PUT', ...args })
    expect(seen).toMatchObject([{ method: 'PUT', body }])
    expect(seen[0]!.headers['content-type']).toBe(type)
  })

  test('of several parts has files and texts', async () => {
    const body = { note: 'hi', upload: { filename: 'body.txt', mime_type: 'text/plain' } }
    await request({ url: base, method: 'POST', body, body_format: 'form-multipart' })
    const form = await new Response(seen[0]!.body, {
      headers: { 'content-type': seen[0]!.headers['content-type']! },
    }).formData()
    expect(form.get('note')).toBe('hi')
    const file = form.get('upload') as File
    expect([file.name, file.type, await file.text()]).toEqual(['body.txt', 'text/plain', 'from a file'])
  })
})

describe('what it saves', () => {
  let directory: string
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'uri-'))
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  test('is a change the first time only', async () => {
    const args = { url: base, dest: join(directory, 'saved'), mode: '0640' }
    const { outcome } = plan(uri, args, { files: { [join(directory, 'there')]: '' } })
    if (outcome.type !== 'opaque') throw new Error(outcome.type)
    expect(await outcome.perform(localWorld())).toMatchObject({
      changed: true,
      path: join(directory, 'saved'),
    })
    expect(readFileSync(join(directory, 'saved'), 'utf8')).toBe('hello')
    expect(statSync(join(directory, 'saved')).mode & 0o777).toBe(0o640)
    expect(await outcome.perform(localWorld())).toMatchObject({ changed: false })
  })
})

test.each([
  ['GET', 'look'],
  ['head', 'look'],
  ['POST', 'opaque'],
  ['DELETE', 'opaque'],
])('%s is carried out in a dry run only where it changes nothing: %s', (method, type) => {
  expect(plan(uri, { url: base, method }).outcome.type).toBe(type)
})

test('nothing is sent when what it creates is there', () => {
  const args = { url: base, method: 'POST', creates: '/etc/x' }
  expect(plan(uri, args, { files: { '/etc/x': '' } }).outcome.type).toBe('unchanged')
})

test.each(['nonsense', 'ftp://example.org/'])('%s cannot be asked', (url) => {
  expect(plan(uri, { url }).outcome).toMatchObject({ type: 'failed' })
})

describe('the request', () => {
  const send = async (args: Dict, files: Record<string, string> = {}) => {
    seen = []
    const { outcome } = plan(uri, args, { files })
    if (outcome.type !== 'look') throw new Error(JSON.stringify(outcome))
    return outcome.run(localWorld())
  }

  test('goes to a Unix socket', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'socket-'))
    const there = createServer((_, response) => void response.end('by the socket'))
    try {
      await new Promise<void>((done) => there.listen(join(directory, 's'), done))
      const args = { url: 'http://localhost/x', unix_socket: join(directory, 's'), return_content: true }
      expect(await send(args)).toMatchObject({ status: 200, content: 'by the socket' })
    } finally {
      there.close()
      rmSync(directory, { recursive: true })
    }
  })

  test('does not tell another page what is for the first alone', async () => {
    const headers = { 'X-Token': 't', 'X-Other': 'o' }
    await send({ url: `${base}/to?at=/x`, headers, unredirected_headers: ['X-Token'] })
    expect(seen.map((each) => each.headers['x-token'])).toEqual(['t', undefined])
    expect(seen[1]!.headers).toMatchObject({ 'x-other': 'o' })
  })

  test('leaves what is compressed as it is, where that is wanted', async () => {
    const result = await send({ url: `${base}/gzip`, decompress: false, return_content: true })
    expect(result['content']).not.toBe('plain')
  })

  test.each<[string, Dict, string, string | undefined]>([
    ['of that machine', {}, 'machine 127.0.0.1 login me password "a b"', 'me:a b'],
    ['of any', {}, '# none\nmachine x login y password z\ndefault login me password p', 'me:p'],
    ['of another', {}, 'machine x login y password z', undefined],
    [
      'not where others are given',
      { url_username: 'u', url_password: 'p' },
      'default login me password p',
      'u:p',
    ],
    ['not where none is wanted', { use_netrc: false }, 'default login me password p', undefined],
  ])('has user and password of the netrc file: %s', async (_, args, netrc, expected) => {
    await send({ url: base, ...args }, { '/root/.netrc': netrc })
    const sent = seen[0]!.headers.authorization?.slice('Basic '.length)
    expect(sent && Buffer.from(sent, 'base64').toString()).toBe(expected)
  })

  test.each<[string, Dict, string]>([
    ['Kerberos', { use_gssapi: true }, 'use_gssapi is not supported'],
    ['a certificate that is not there', { client_cert: '/etc/none.pem' }, 'Unable to open /etc/none.pem'],
  ])('with %s fails', (_, args, message) => {
    const { outcome } = plan(uri, { url: base, ...args })
    expect(outcome).toMatchObject({ type: 'failed', result: { msg: expect.stringContaining(message) } })
  })
})

test('who asks for a certificate is shown the one on the host', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tls-'))
  const at = (name: string) => join(directory, name)
  try {
    const make = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost'
    const words = `req ${make} -addext subjectAltName=DNS:localhost -keyout ${at('key')} -out ${at('cert')}`
    execFileSync('openssl', words.split(' '), { stdio: 'ignore' })
    const [key, cert] = [readFileSync(at('key')), readFileSync(at('cert'))]
    const tls = createSecureServer({ key, cert, requestCert: true, ca: cert }, (request, response) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate()
      response.end(`hello ${String(subject.CN)}`)
    })
    await new Promise<void>((done) => tls.listen(0, '127.0.0.1', done))
    const { port } = tls.address() as AddressInfo
    const args = {
      url: `https://localhost:${port}/`,
      ca_path: '/etc/ca.pem',
      client_cert: '/etc/me.pem',
      client_key: '/etc/me.key',
      return_content: true,
    }
    const files = { '/etc/ca.pem': cert, '/etc/me.pem': cert, '/etc/me.key': key }
    const { outcome } = plan(uri, args, { files })
    expect(outcome.type === 'look' && (await outcome.run(localWorld()))).toMatchObject({
      status: 200,
      content: 'hello localhost',
    })
    tls.close()
  } finally {
    rmSync(directory, { recursive: true })
  }
})
