import { execFileSync } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Machines } from './machine.ts'

const project = resolve(import.meta.dirname, '../..')

/**
 * The image built and compose.yml run, with podman in a machine of its own. Instead of a registry's images there are
 * some made from the machine itself: Node and npm as they are used here, nginx and Prometheus as Debian has them.
 */
describe('the containers', () => {
  const machines = new Machines()
  const inside = (command: string) => machines.ssh('host', command)
  const compose = (words: string) =>
    inside(`cd /srv/project/service && timeout 150 podman-compose ${words} 2>&1`)
  const container = (name: string) => `coderco-app_${name}_1`

  beforeAll(async () => {
    await machines.up(['host'], 'trixie')
    const pack = (name: string, ...words: string[]) =>
      execFileSync('tar', ['--create', '--file', join(machines.directory, name), ...words])
    pack('npm.tar', `--directory=${resolve(npm(), '..')}`, 'npm')
    pack(
      'project.tar',
      `--directory=${project}`,
      '--exclude=secrets',
      'package.json',
      'package-lock.json',
      'service',
    )
    const prepared = await machines.play(
      machines.write('prepare.yml', PREPARE),
      '-e',
      `node=${process.execPath}`,
    )
    expect(prepared.exitCode, prepared.stdout + prepared.stderr).toBe(0)
    await inside(IMAGES)
  })
  afterAll(() => machines.down())

  test('are built from the Dockerfile', async () => {
    const built = await inside(
      'cd /srv/project && podman build --pull=never --format docker --isolation chroot -f service/Dockerfile -t coderco-app . 2>&1',
    )
    expect(built).toContain('Successfully tagged localhost/coderco-app:latest')
    expect(built).not.toMatch(/warning|error/i)
    const held = await inside(
      'podman run --rm --network none --entrypoint find coderco-app /srv /build -type f 2>/dev/null || true',
    )
    expect(held).toBe('/srv/coderco-app/service.mjs\n')
  })

  test('come up healthy, one after the other', async () => {
    await inside(SECRETS)
    const said = await compose('up --detach')
    for (const name of ['app', 'nginx', 'prometheus']) {
      const health = () => inside(`podman inspect --format '{{.State.Health.Status}}' ${container(name)}`)
      await expect.poll(health, { timeout: 60_000, interval: 1000, message: said }).toBe('healthy\n')
    }
  })

  test('serve through nginx, which knows its clients and keeps the metrics to itself', async () => {
    const page = await inside('curl -si http://127.0.0.1:8080/')
    expect(page).toMatch(/^HTTP\/1\.1 200 OK/)
    expect(page).toContain("default-src 'none'")
    expect(await inside("curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:8080/metrics")).toBe('403')
    await inside('curl -s -A asking http://127.0.0.1:8080/api/status')
    const lines = () => inside(`podman logs ${container('app')} 2>&1 | grep '"agent":"asking"' || true`)
    await expect.poll(lines, { timeout: 10_000 }).not.toBe('')
    const [line] = (await lines()).split('\n')
    // Not nginx's own address, which is in the containers' network.
    expect((JSON.parse(line!) as { ip: string }).ip).not.toMatch(/^172\.29\.80\.[2-9]$/)
  })

  test('are watched by Prometheus', async () => {
    const up = async () => {
      const answer = JSON.parse(await inside("curl -s '127.0.0.1:9090/api/v1/query?query=up'")) as {
        data: { result: { metric: { job: string }; value: [number, string] }[] }
      }
      return Object.fromEntries(answer.data.result.map(({ metric, value }) => [metric.job, value[1]]))
    }
    await expect
      .poll(up, { timeout: 60_000, interval: 2000 })
      .toEqual({ 'coderco-app': '1', prometheus: '1' })
  })

  test.each(['app', 'nginx', 'prometheus'])(
    '%s is nobody special and can write nowhere of matter',
    async (name) => {
      const run = (command: string) =>
        inside(`podman exec ${container(name)} sh -c '${command}' 2>&1 || true`)
      expect(await run('id -u')).not.toBe('0\n')
      expect(await run('touch /usr/here /etc/here /var/here')).toMatch(/(Read-only file system[^]*){3}/)
      expect(await run('grep -E "Cap(Eff|Prm|Bnd)|NoNewPrivs" /proc/self/status')).toMatch(
        /CapPrm:\s0+\nCapEff:\s0+\nCapBnd:\s0+\nNoNewPrivs:\s1\n/,
      )
    },
  )

  test('answer to the admin API only inside', async () => {
    const ask = `podman exec ${container('app')} node --input-type=module --eval '
      import { request } from "node:http"
      import { readFileSync } from "node:fs"
      const Authorization = "Bearer " + readFileSync("/run/secrets/admin-token", "utf8").trim()
      request({ socketPath: "/run/coderco-app/admin.sock", path: "/status", headers: { Authorization } }, (answer) => console.log(answer.statusCode)).end()'`
    expect(await inside(ask)).toBe('200\n')
    expect(await inside("curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:8080/admin")).toBe('404')
  })

  test('end by themselves when they are told to', async () => {
    await inside(`podman stop --time 30 ${container('app')}`)
    expect(await inside(`podman inspect --format '{{.State.ExitCode}}' ${container('app')}`)).toBe('0\n')
    await compose('down --volumes')
    expect(await inside('podman ps --all --quiet; podman volume ls --quiet')).toBe('')
  })
})

/** The directory of the npm that is used here. */
function npm(): string {
  const program =
    process.env['npm_execpath'] ?? execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' })
  return resolve(realpathSync(program.trim()), '../..')
}

// What a machine that is a container itself does not allow: keyrings, devices' control groups, higher limits.
const PREPARE = `
- hosts: host
  become: true
  tasks:
    - file: { path: /etc/containers/containers.conf.d, state: directory }
    - copy:
        dest: /etc/containers/containers.conf.d/machine.conf
        content: |
          [containers]
          keyring = false
          cgroups = "disabled"
          default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
    - copy: { dest: /usr/sbin/policy-rc.d, mode: '0755', content: "#!/bin/sh\\nexit 101\\n" }
    - apt: { name: [nginx-light, prometheus, curl, wget, ca-certificates], install_recommends: false, cache_valid_time: 86400 }
    - file: { path: '{{ item }}', state: directory }
      loop: [/srv/project, /usr/local/lib/node_modules, /usr/local/etc, /var/lib/containers]
    - copy: { src: '{{ node }}', dest: /usr/local/bin/node, mode: '0755' }
    - unarchive: { src: npm.tar, dest: /usr/local/lib/node_modules }
    - file: { src: ../lib/node_modules/npm/bin/npm-cli.js, dest: /usr/local/bin/npm, state: link }
    - copy: { dest: /usr/local/etc/npmrc, content: "cafile=/etc/ssl/certs/ca-certificates.crt\\n" }
    - unarchive: { src: project.tar, dest: /srv/project, owner: root }
`

// An overlay cannot lie on the machine's own, which is one.
const IMAGES = `set -e
mount -t tmpfs -o size=6G tmpfs /var/lib/containers
tar -C / --one-file-system --exclude=./var/lib/containers --exclude=./var/cache --exclude=./srv --exclude=./usr/share/doc -cf /var/lib/containers/root.tar .
DEBIAN_FRONTEND=noninteractive apt-get install -qqy --no-install-recommends podman podman-compose crun netavark aardvark-dns nftables catatonit >/dev/null 2>&1
podman import --quiet /var/lib/containers/root.tar docker.io/library/node:24-trixie-slim
rm /var/lib/containers/root.tar
as() { printf 'FROM docker.io/library/node:24-trixie-slim\\n%s\\n' "$2" | podman build --quiet --format docker -t "$1" -; }
as docker.io/library/nginx:1.28 'CMD ["nginx", "-g", "daemon off;"]'
as docker.io/prom/prometheus:v3.5.0 'ENTRYPOINT ["/usr/bin/prometheus"]'
`

// As compose.yml says that they are made.
const SECRETS = `cd /srv/project/service && mkdir -m 0700 secrets
for name in secret-key admin-token; do openssl rand -hex 32 > secrets/$name; done
chown 10001:10001 secrets/* && chmod 0400 secrets/*`
