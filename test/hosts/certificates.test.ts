import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { join, resolve } from 'node:path'
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Machines, recap, type Run } from './machine.ts'

const project = resolve(import.meta.dirname, '../..')
const names = ['bookworm', 'trixie'] as const

/** The role of nginx by itself, on both releases of Debian side by side: what it serves with which certificate. */
describe('nginx', () => {
  const machines = new Machines()
  const everywhere = (command: string) => Promise.all(names.map((name) => machines.ssh(name, command)))
  const address = (name: string) => machines.host(name).address
  let playbook: string

  beforeAll(async () => {
    await machines.upInGroups(
      { alone: names },
      names.map((suite) => ({ name: suite, suite })),
    )
    playbook = machines.write(
      'nginx.yml',
      `- hosts: alone\n  become: true\n  roles: [${project}/roles/nginx]\n`,
    )
  })
  afterAll(() => machines.down())

  const play = (variables: object, ...words: string[]) =>
    machines.play(playbook, '-e', JSON.stringify(variables), ...words)
  const each = (run: Run, expected: Record<string, unknown>) => {
    for (const name of names) expect(recap(run, name), run.stdout + run.stderr).toMatchObject(expected)
  }

  describe('with a certificate that it has made itself', () => {
    test('is set up, by itself', async () => {
      each(await play({}), { failed: 0 })
      each(await play({}), { changed: 0, failed: 0 })
    })

    test('may do little else than serve', async () => {
      for (const text of await everywhere('systemd-analyze security nginx.service --no-pager | tail -1'))
        expect(Number(/: ([\d.]+) /.exec(text)?.[1]), text).toBeLessThan(3)
      // As a program in its place would be.
      const inside = (command: string) =>
        `nsenter --mount --target $(systemctl show -P MainPID nginx.service) sh -c '${command}' 2>&1 || true`
      for (const text of await everywhere(inside('touch /etc/nginx/here /usr/here /root/here')))
        expect(text).toMatch(/(Read-only file system[^]*){3}/)
      for (const text of await everywhere(
        'grep -h ^Cap[EB] /proc/$(systemctl show -P MainPID nginx.service)/status',
      ))
        expect(text).toMatch(/^CapEff:\s0+4eb\nCapBnd:\s0+4eb\n$/)
      for (const text of await everywhere('stat -c "%U:%G %a" /var/log/nginx/*.log'))
        expect(new Set(text.trim().split('\n'))).toEqual(new Set(['www-data:adm 640']))
    })

    test('comes back by itself when it is killed, with all of its workers', async () => {
      const main = async () => (await everywhere('systemctl show -P MainPID nginx.service')).map(Number)
      const before = await main()
      await everywhere('kill -9 $(systemctl show -P MainPID nginx.service)')
      for (const name of names) {
        const status = () =>
          plain(name, '/').then(
            (answer) => answer.status,
            () => 0,
          )
        await expect.poll(status, { timeout: 20_000, interval: 500 }).toBe(503)
      }
      for (const [index, pid] of (await main()).entries()) expect([0, before[index]]).not.toContain(pid)
      for (const text of await everywhere('ps -o ppid= $(pgrep -x nginx) | sort -n | uniq -c'))
        expect(text.trim().split('\n').length, text).toBe(2)
    })

    test('neither sends visitors to it nor tells browsers to insist on it', async () => {
      for (const name of names) {
        expect((await plain(name, '/')).status).not.toBe(301)
        expect((await get(address(name), '/')).headers['strict-transport-security']).toBeUndefined()
      }
    })

    test('says decently that nobody answers behind it, and when to try again', async () => {
      for (const name of names) {
        const page = await plain(name, '/some/page')
        expect(page.status).toBe(503)
        expect(page.headers.get('retry-after')).toBe('30')
        expect(page.headers.get('content-type')).toContain('text/html')
        expect(page.headers.get('x-content-type-options')).toBe('nosniff')
        expect(await page.text()).toContain('<h1>Back in a moment</h1>')
        const post = await plain(name, '/api/echo', {
          method: 'POST',
          headers: { accept: 'application/json' },
          body: '{}',
        })
        expect(post.status).toBe(503)
        expect(await post.json()).toMatchObject({ error: { status: 503, code: 'unavailable' } })
        expect((await plain(name, '/.unavailable/page.html')).status).not.toBe(200)
      }
    })
  })

  test('says as decently to who asks too much when to go on', async () => {
    for (const name of names) {
      const ask = (accept: string) => plain(name, '/api/status', { headers: { accept } })
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, index) => ask(index % 2 ? 'text/html' : '*/*')),
      )
      const refused = answers.filter(({ status }) => status === 429)
      expect(refused.length).toBeGreaterThan(20)
      for (const answer of refused) {
        expect(answer.headers.get('retry-after')).toBe('1')
        const text = await answer.text()
        if (answer.headers.get('content-type')?.includes('html'))
          expect(text).toContain('One thing after the other')
        else expect(JSON.parse(text)).toMatchObject({ error: { status: 429, code: 'too_many_requests' } })
      }
    }
  })

  describe('given a configuration that nginx refuses', () => {
    test.each([
      ['the site', { nginx_proxy_read_timeout: 'soon' }],
      ['nginx.conf', { nginx_keepalive_timeout: 'soon' }],
    ])('in %s, fails and goes on with the one before, on the disk too', async (_what, variables) => {
      const before = await everywhere('cat /etc/nginx/nginx.conf /etc/nginx/sites-available/*')
      const run = await play(variables)
      expect(run.exitCode).toBe(2)
      expect(run.stdout).toContain('failed to validate')
      expect(run.stdout).toMatch(/invalid value|soon/)
      expect(await everywhere('cat /etc/nginx/nginx.conf /etc/nginx/sites-available/*')).toEqual(before)
      await everywhere('nginx -t -q && systemctl restart nginx')
      for (const name of names) expect((await plain(name, '/')).status).toBe(503)
    })

    test('says so in a dry run already, which leaves no trace', async () => {
      const trace =
        'find /etc/nginx /var/log/nginx /var/cache/nginx /run/nginx.pid -printf "%p %T@ %s\\n" | sort'
      const before = await everywhere(trace)
      const run = await play(
        { nginx_access_log: '/var/log/nginx/other.log', nginx_proxy_read_timeout: 'soon' },
        '--check',
      )
      expect(run.stdout).toContain('failed to validate')
      expect(
        (await play({ nginx_access_log: '/var/log/nginx/other.log' }, '--check', '--diff')).exitCode,
      ).toBe(0)
      expect(await everywhere(trace)).toEqual(before)
    })
  })

  describe('with a certificate of its owner’s', () => {
    test('serves it, sends visitors to it, and shows its key to nobody', async () => {
      const { certificate, key } = ownCertificate(machines.directory)
      const variables = { nginx_tls_certificate_pem: certificate, nginx_tls_certificate_key_pem: key }
      const vars = machines.write('own.json', JSON.stringify(variables))
      const run = await machines.play(playbook, '-e', `@${vars}`, '--diff', '-vvv')
      each(run, { failed: 0 })
      expect(run.stdout + run.stderr).not.toContain(key.split('\n')[1])
      for (const name of names) {
        const redirect = async () => {
          const { status, headers } = await plain(name, '/a?b=c')
          return [status, headers.get('location')]
        }
        await expect.poll(redirect, RELOADED).toEqual([301, `https://${address(name)}/a?b=c`])
        expect((await plain(name, '/health')).status).toBe(503)
        const { headers, peer } = await get(address(name), '/')
        expect(peer.subject.CN).toBe('own.test')
        expect(headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains')
      }
    })

    test('speaks TLS 1.2 with authenticated ciphers, 1.3 and HTTP/2, and nothing older', async () => {
      for (const name of names) {
        expect(await handshake(name, { maxVersion: 'TLSv1.3' })).toMatchObject({
          protocol: 'TLSv1.3',
          alpn: 'h2',
        })
        expect(await handshake(name, { maxVersion: 'TLSv1.2' })).toMatchObject({
          protocol: 'TLSv1.2',
          alpn: 'h2',
        })
        const old = '@SECLEVEL=0:ALL'
        expect(
          await handshake(name, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: old }),
        ).toHaveProperty('refused')
        for (const ciphers of ['ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA384', 'AES128-GCM-SHA256'])
          expect(
            await handshake(name, { maxVersion: 'TLSv1.2', ciphers: `${ciphers}:@SECLEVEL=0` }),
            ciphers,
          ).toHaveProperty('refused')
      }
    })

    test('passes testssl.sh', async () => {
      await machines.ssh(
        'trixie',
        'DEBIAN_FRONTEND=noninteractive apt-get install -qqy --no-install-recommends testssl.sh >/dev/null 2>&1',
      )
      const found = await machines.ssh(
        'trixie',
        'testssl --quiet --color 0 --warnings off --protocols --server-preference --severity LOW --jsonfile /root/found.json 127.0.0.1:443 >/root/said 2>&1; cat /root/found.json',
      )
      const problems = (JSON.parse(found) as { id: string; severity: string }[]).filter(
        ({ severity }) => severity !== 'WARN',
      )
      expect(problems).toEqual([])
      expect(await machines.ssh('trixie', 'cat /root/said')).toMatch(/TLS 1\.3\s+offered/)
    })
  })

  describe('with a certificate by ACME', () => {
    const variables = {
      nginx_server_names: ['site.test', 'www.site.test'],
      nginx_acme: true,
      nginx_acme_email: 'ops@site.test',
      nginx_acme_server: 'https://localhost:14000/dir',
      nginx_acme_ca_certificates: '/etc/pebble/cert.pem',
    }
    const certificates = () => Promise.all(names.map(async (name) => (await get(address(name), '/')).peer))

    test('goes on with the one that it has until it is issued', async () => {
      const run = await play(variables)
      each(run, { failed: 0, ignored: 1 })
      for (const peer of await certificates()) expect(peer.subject.CN).toBe('own.test')
    })

    test('has it issued as soon as that works', async () => {
      await everywhere(PEBBLE)
      each(await play(variables), { failed: 0, ignored: 0 })
      const issuers = async () => (await certificates()).map(({ issuer }) => String(issuer.CN).split(' ')[0])
      await expect.poll(issuers, RELOADED).toEqual(['Pebble', 'Pebble'])
      for (const peer of await certificates()) {
        expect(peer.subjectaltname).toBe('DNS:site.test, DNS:www.site.test')
      }
      each(await play(variables), { changed: 0, failed: 0 })
      for (const text of await everywhere(
        'stat -c "%U %a" /etc/nginx/tls/coderco-app.key /var/lib/nginx-acme',
      ))
        expect(text).toBe('root 600\nroot 700\n')
    })

    test('has it renewed by a timer when it is due, and not before', async () => {
      for (const text of await everywhere(
        'systemctl is-enabled nginx-acme.timer; systemctl is-active nginx-acme.timer',
      ))
        expect(text).toBe('enabled\nactive\n')
      const serials = async () => (await certificates()).map(({ serialNumber }) => serialNumber)
      const before = await serials()
      await everywhere('systemctl start nginx-acme.service')
      expect(await serials()).toEqual(before)
      // nginx tests the new one, for which it opens its logs, wherever they are.
      await everywhere('mkdir -p /srv/log')
      const elsewhere = { nginx_acme_renew_days: 3650, nginx_access_log: '/srv/log/site.access.log' }
      each(await play({ ...variables, ...elsewhere }), { failed: 0 })
      await everywhere('systemctl start nginx-acme.service')
      await expect
        .poll(async () => (await serials()).filter((serial) => before.includes(serial)), RELOADED)
        .toEqual([])
      for (const peer of await certificates()) expect(peer.issuer.CN).toContain('Pebble')
    })

    test('knows what an authority asks that comes to another host of the same name', async () => {
      each(await play({ ...variables, nginx_upstream_hosts: names }), { failed: 0 })
      const [asked, certified] = names
      await machines.ssh(
        certified,
        'd=/var/www/acme/.well-known/acme-challenge; mkdir -p $d; echo proof >$d/token',
      )
      const answer = (path: string) => plain(asked, `/.well-known/acme-challenge/${path}`)
      const proof = async () => (await answer('token')).text()
      await expect.poll(proof, RELOADED).toBe('proof\n')
      // Nobody has this one, and they do not go on asking each other.
      expect((await answer('unheard-of')).status).toBe(404)
    })

    test('gives way to another for good', async () => {
      const { certificate, key } = ownCertificate(machines.directory)
      const own = { nginx_tls_certificate_pem: certificate, nginx_tls_certificate_key_pem: key }
      each(await play({ ...own, nginx_tls_certificate_key_pem: '' }), { failed: 1 })
      each(await play(own), { failed: 0 })
      each(await play(own), { changed: 0, failed: 0 })
      for (const text of await everywhere(
        'systemctl list-unit-files --no-legend "nginx-acme*"; systemctl list-units --all --no-legend "nginx-acme*"',
      ))
        expect(text).toBe('')
      const subjects = async () => (await certificates()).map(({ subject }) => subject.CN)
      await expect.poll(subjects, RELOADED).toEqual(['own.test', 'own.test'])
      each(await play(variables), { failed: 0 })
      await everywhere('systemctl start nginx-acme.service')
      await expect.poll(subjects, RELOADED).not.toContain('own.test')
    })

    test('keeps it when the authority cannot be reached', async () => {
      const serials = async () => (await certificates()).map(({ serialNumber }) => serialNumber)
      const before = await serials()
      await everywhere('systemctl stop pebble; ! systemctl start nginx-acme.service 2>/dev/null')
      expect(await serials()).toEqual(before)
    })
  })

  const plain = (name: string, path: string, init: RequestInit = {}) =>
    fetch(`http://${address(name)}${path}`, { redirect: 'manual', ...init })

  function handshake(name: string, options: Record<string, string>): Promise<object> {
    return new Promise((done) => {
      const socket = connect(
        {
          host: address(name),
          port: 443,
          rejectUnauthorized: false,
          ALPNProtocols: ['h2', 'http/1.1'],
          ...options,
        },
        () => {
          done({ protocol: socket.getProtocol(), alpn: socket.alpnProtocol })
          socket.destroy()
        },
      )
      socket.on('error', (error) => done({ refused: error.message }))
    })
  }
})

// nginx is told to reload, and goes on with the workers that it has until there are new ones.
const RELOADED = { timeout: 30_000, interval: 200 }

interface Answer {
  readonly headers: Record<string, unknown>
  readonly peer: PeerCertificate
}

function get(host: string, path: string): Promise<Answer> {
  return new Promise((done, fail) => {
    request({ host, path, rejectUnauthorized: false, agent: false }, (response) => {
      const peer = (response.socket as TLSSocket).getPeerCertificate()
      response.resume().on('end', () => done({ headers: response.headers, peer }))
    })
      .on('error', fail)
      .end()
  })
}

function ownCertificate(directory: string): { certificate: string; key: string } {
  const [certificate, key] = [join(directory, 'own.crt'), join(directory, 'own.key')]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-days', '30']
  const subject = ['-subj', '/CN=own.test', '-addext', 'subjectAltName=DNS:own.test']
  execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', certificate], {
    stdio: 'ignore',
  })
  return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') }
}

// The ACME test server of Debian's packages, on the host itself. It refuses some nonces, as real ones may.
const PEBBLE = `set -e
DEBIAN_FRONTEND=noninteractive apt-get install -qqy pebble openssl >/dev/null 2>&1
mkdir -p /etc/pebble; cd /etc/pebble
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -keyout key.pem -out cert.pem -days 30 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
cat > config.json <<'END'
{ "pebble": { "listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000", "certificate": "/etc/pebble/cert.pem",
  "privateKey": "/etc/pebble/key.pem", "httpPort": 80, "tlsPort": 443, "certificateValidityPeriod": 7776000 } }
END
echo '127.0.0.1 site.test www.site.test' >> /etc/hosts
systemd-run --quiet --unit pebble --setenv=PEBBLE_VA_NOSLEEP=1 pebble -config /etc/pebble/config.json
sleep 1
`
