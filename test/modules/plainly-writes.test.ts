import { describe, expect, test } from 'vitest'
import { lineWrites, wordsWrite } from '../../runner/modules/support/plainly-writes.ts'

describe('that a command changes files can be seen from its words, or cannot', () => {
  test.each(['touch /x', '/bin/rm -rf /x', 'sed -i s/a/b/ /x', 'sed -Ei.bak s/a/b/ /x'])(
    'it changes something: %s',
    (line) => expect(wordsWrite(line.split(' '))).toBe(true),
  )

  test.each(['cat /x', 'sed -n 1p /x', 'systemctl is-active nginx', 'test -e /rm'])(
    'it may only look: %s',
    (line) => expect(wordsWrite(line.split(' '))).toBe(false),
  )

  test.each([
    'echo x > /etc/x',
    'echo x >> "/etc/a file"',
    'make > build.log 2>&1',
    'cd /srv && rm -f lock',
    'if true; then touch /x; fi',
    'curl -s http://x | tee /etc/x',
    'sudo cp /a /b',
  ])('a line of shell changes something: %s', (line) => expect(lineWrites(line)).toBe(true))

  test.each([
    'nginx -V 2>&1 | grep -c ssl',
    'command -v node >/dev/null',
    'ls /x > /dev/null 2>&1 || true',
    "awk '$3 > limit { print $1 }' /etc/passwd",
    'awk "\\$3 >= 1000" /etc/passwd',
    'test $(wc -l < /x) -gt 3',
    'echo "rm -rf /x"',
    'grep -- -> /x; diff <(ls a) <(ls b)',
  ])('a line of shell may only look: %s', (line) => expect(lineWrites(line)).toBe(false))
})
