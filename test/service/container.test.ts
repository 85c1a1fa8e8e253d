import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { loadSettings } from '../../service/config/load.ts'
import { variables } from '../../service/config/variables.ts'

// What can be said of the image and of compose.yml without a container.

const service = resolve(import.meta.dirname, '../../service')
const dockerfile = readFileSync(join(service, 'Dockerfile'), 'utf8')

interface ComposeService {
  image?: string
  read_only?: boolean
  user?: string
  cap_drop?: string[]
  security_opt?: string[]
  environment?: Record<string, string>
  secrets?: string[]
  volumes?: string[]
  ports?: string[]
  stop_grace_period?: string
  healthcheck?: { test: string[] }
}

const compose = parse(readFileSync(join(service, 'compose.yml'), 'utf8'), { merge: true }) as {
  services: Record<string, ComposeService>
  secrets: Record<string, unknown>
  volumes: Record<string, unknown>
  networks: { inside: { ipam: { config: { subnet: string }[] } } }
}

const { app } = compose.services as { app: ComposeService }

describe.each(Object.entries(compose.services))('%s', (_name, settings) => {
  test('runs as an ordinary user with a read-only root and without capabilities', () => {
    expect(settings).toMatchObject({
      read_only: true,
      user: expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/) as string,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    })
  })

  test('is checked for health', () => {
    expect(settings.healthcheck?.test[0]).toBe('CMD')
  })

  test('is open on this machine alone', () => {
    for (const port of settings.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/)
  })

  test('mounts what there is', () => {
    for (const volume of settings.volumes ?? []) {
      const source = volume.split(':')[0]!
      if (source.startsWith('./')) expect(readFileSync(join(service, source)).length).toBeGreaterThan(0)
      else expect(compose.volumes).toHaveProperty(source)
    }
  })
})

test('every variable that the image and compose.yml set is one of the service, with a value that makes sense', () => {
  const block = /^ENV ((?:.*\\\n)*.*)$/m.exec(dockerfile)![1]!
  const inImage = Object.fromEntries(
    [...block.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name!, value!]),
  )
  const all = { ...inImage, ...app.environment }
  const { NODE_ENV: _, SECRET_KEY_FILE: key, ADMIN_TOKEN_FILE: token, ...rest } = all
  for (const name of Object.keys(rest)) expect(variables).toHaveProperty(name)
  expect(() => loadSettings({ ...rest, SECRET_KEY: 'x'.repeat(32) })).not.toThrow()
  for (const file of [key, token]) expect(app.secrets).toContain(file!.replace('/run/secrets/', ''))
  expect(app.environment!['TRUSTED_PROXIES']).toBe(compose.networks.inside.ipam.config[0]!.subnet)
  expect(app.user).toBe(/^USER (.*)$/m.exec(dockerfile)![1])
  expect(parseInt(app.stop_grace_period!)).toBeGreaterThan(
    Number(variables.STOP_TIMEOUT_SECONDS.fallback) + 2,
  )
})

test('the last stage holds the bundle and is checked for health', () => {
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
  expect([...last.matchAll(/^COPY (.*)$/gm)].map(([, what]) => what)).toEqual([
    '--from=build /build/dist/service.mjs /srv/coderco-app/service.mjs',
  ])
  expect(last).toMatch(/^HEALTHCHECK /m)
  expect(last).toMatch(/^USER 10001:10001$/m)
})
