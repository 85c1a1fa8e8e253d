import { expect, test } from 'vitest'
import { certificates } from '../../runner/sandbox/authorities.ts'
import { sourceFile, sourceLines } from '../../runner/sandbox/package-access.ts'

const mirrors = { archive: 'https://near.example/debian', security: 'https://near.example/debian-security' }

test('a sandbox fetches the release, its updates and its security updates', () => {
  expect(sourceLines(mirrors, 'trixie').map((line) => line.replace(/^deb \[\S+] /, ''))).toEqual([
    'https://near.example/debian trixie main',
    'https://near.example/debian trixie-updates main',
    'https://near.example/debian-security trixie-security main',
  ])
})

test('its sources are written as a cloud image has them', () => {
  expect(sourceFile(mirrors, 'bookworm')).toBe(`Types: deb
URIs: https://near.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: https://near.example/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`)
})

test('certificates are taken without the text around them, private keys not at all', () => {
  const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'
  const key = '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----'
  expect(certificates(`subject=Example\n${certificate}\n${key}\n${certificate}\n`)).toEqual([
    certificate,
    certificate,
  ])
})
