import { describe, expect, test } from 'vitest'
import { keepsToItsWords } from '../../runner/modules/support/keeps-to-its-words.ts'

describe('what a command writes', () => {
  test.each([
    'openssl rand -hex -out /etc/key 32',
    '/usr/bin/openssl req -x509 -keyout /etc/a.key -out /etc/a.crt',
    'touch /srv/a /srv/b',
    'chmod 0600 /etc/key',
    'cp -a relative /srv/b',
    'rm -rf /srv/a',
  ])('stands in its words: %s', (line) => expect(keepsToItsWords(line.split(' '))).toBe(true))

  test.each([
    'openssl rand -hex 32',
    'openssl req -keyout a.key -out /etc/a.crt',
    'touch a',
    'rm -rf /srv/*/a',
    'cp -t /srv a b',
    'cp /srv/a b',
    'mv a /srv/a',
    'make -C /srv install',
    'mkdir',
  ])('may be anything: %s', (line) => expect(keepsToItsWords(line.split(' '))).toBe(false))
})
