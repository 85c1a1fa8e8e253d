import { describe, expect, it } from 'vitest'
import { expandHostNames } from '../../runner/inventory/range.ts'

describe('names of hosts in an inventory', () => {
  it.each<[string, string[], number?]>([
    ['web1', ['web1']],
    ['web1:2222', ['web1'], 2222],
    ['web[1:3]', ['web1', 'web2', 'web3']],
    ['web[01:03].example.org', ['web01.example.org', 'web02.example.org', 'web03.example.org']],
    ['web[08:11]', ['web08', 'web09', 'web10', 'web11']],
    ['db-[a:c]', ['db-a', 'db-b', 'db-c']],
    ['db-[y:B]', ['db-y', 'db-z', 'db-A', 'db-B']],
    ['n[0:10:5]', ['n0', 'n5', 'n10']],
    ['n[:2]', ['n0', 'n1', 'n2']],
    ['r[1:2]s[a:b]', ['r1sa', 'r1sb', 'r2sa', 'r2sb']],
    ['web[1:2]:22', ['web1', 'web2'], 22],
    ['2001:db8::1', ['2001:db8::1']],
    ['[2001:db8::1]', ['2001:db8::1']],
    ['[2001:db8::1]:22', ['2001:db8::1'], 22],
    ['192.0.2.[1:2]', ['192.0.2.1', '192.0.2.2']],
  ])('%s', (text, names, port) => {
    expect(expandHostNames(text)).toEqual({ names, port })
  })

  it.each([
    ['web[1', 'the range in web[1 has no closing ]'],
    ['web[3:1]', '[3:1] begins after it ends'],
    ['web[c:a]', '[c:a] begins after it ends'],
    ['web[01:100]', '[01:100] begins with a zero, so both ends need the same number of digits'],
    ['web[1:]', '[1:] is not a range: expected [1:50], [01:50], [a:f] or [0:10:2]'],
    ['web[1]', '[1] is not a range: expected [1:50], [01:50], [a:f] or [0:10:2]'],
    ['web[1:9:0]', '[1:9:0] is not a range: expected [1:50], [01:50], [a:f] or [0:10:2]'],
    ['web[1:x]', '[1:x] is not a range: it needs two numbers or two letters'],
    ['web[1:10000000000]', '[1:10000000000] gives more than 100000 hosts'],
    ['[1:1000]x[1:1000]', '[1:1000]x[1:1000] gives more than 100000 hosts'],
    ['web1:', 'web1: ends in a colon; a port belongs after it, as in web1:22'],
    ['web1:70000', '70000 is not a port: expected 1 to 65535'],
  ])('%s is refused', (text, message) => {
    expect(() => expandHostNames(text)).toThrow(new Error(message))
  })
})
