import { describe, expect, test } from 'vitest'
import { lineWrites, wordsWrite } from '../../runner/modules/support/plainly-writes.ts'

describe('that a command changes files can be seen from its words, or cannot', () => {
  test.each([
    'touch /x',
    '/bin/rm -rf /x',
    'sed -i s/a/b/ /x',
    'sed -Ei.bak s/a/b/ /x',
    'env -u HOME X=1 rm /x',
    'sudo -n -u root -- /bin/rm /x',
    'timeout -k 5 10 nice -n 3 rm /x',
    'find /x -name *.tmp -delete',
    'find /x -type f -exec chmod 600 {} +',
    'find /x -exec sed -i s/a/b/ {} ;',
  ])('it changes something: %s', (line) => expect(wordsWrite(line.split(' '))).toBe(true))

  test('it changes something: what a shell is given to run', () =>
    expect(wordsWrite(['sh', '-ec', 'test -e /x || touch /x'])).toBe(true))

  test.each([
    'cat /x',
    'sed -n 1p /x',
    'systemctl is-active nginx',
    'test -e /rm',
    'env',
    'env X=rm cat /x',
    'sudo -u rm id',
    'timeout 10 curl -s http://x',
    'find /x -name rm -newer /y',
    'find /x -exec grep -l rm {} +',
    'sh -c ls',
  ])('it may only look: %s', (line) => expect(wordsWrite(line.split(' '))).toBe(false))

  test.each([
    'echo x > /etc/x',
    'echo x >> "/etc/a file"',
    'make > build.log 2>&1',
    'cd /srv && rm -f lock',
    'if true; then touch /x; fi',
    'curl -s http://x | tee /etc/x',
    'sudo cp /a /b',
    'FOO=1 rm -f /x',
    'FOO=1 BAR="a b" rm -f /x',
    'if ! sudo -u deploy mkdir /x; then exit 1; fi',
    'while read x; do env X=1 rm "$x"; done < list',
    'find /var/tmp -mtime +7 -delete',
    'find /srv -name "*.sh" -exec chmod +x {} \\;',
    'ls /x | xargs -n 1 rm -f',
  ])('a line of shell changes something: %s', (line) => expect(lineWrites(line)).toBe(true))

  test.each([
    'nginx -V 2>&1 | grep -c ssl',
    'command -v node >/dev/null',
    'ls /x > /dev/null 2>&1 || true',
    "awk '$3 > limit { print $1 }' /etc/passwd",
    'awk "\\$3 >= 1000" /etc/passwd',
    'test $(wc -l < /x) -gt 3',
    'echo "rm -rf /x"',
    'FOO=rm; export FOO; echo $FOO',
    'sudo -u rm id',
    'find /srv -exec test -e {} \\;',
    'grep -- -> /x; diff <(ls a) <(ls b)',
  ])('a line of shell may only look: %s', (line) => expect(lineWrites(line)).toBe(false))
})
