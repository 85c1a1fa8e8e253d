import { describe, expect, it } from 'vitest'

import { renderDiff } from '../../runner/reports/diff.ts'
import { Redactor } from '../../runner/reports/redact.ts'
import { Secret } from '../../runner/variables/secret.ts'
import { Unknown } from '../../runner/variables/unknown.ts'
import { diff, mispredicted, play, result, summary } from './events.ts'

const SECRET = `p@ss/w"o'r<d>&ü \\$1`

function redactor(...secrets: string[]): Redactor {
  const redactor = new Redactor()
  for (const secret of secrets) redactor.add(secret)
  return redactor
}

describe('a secret is masked', () => {
  it.each([
    ['by itself', SECRET, '********'],
    ['inside longer text', `x${SECRET}y${SECRET}`, 'x********y********'],
    ['in JSON', JSON.stringify({ a: SECRET }), '{"a":"********"}'],
    ['in JSON in JSON', JSON.stringify(JSON.stringify(SECRET)), String.raw`"\"********\""`],
    ['in ASCII JSON', JSON.stringify(SECRET).replaceAll('ü', '\\u00fc'), '"********"'],
    ['in a URL', `https://a/?q=${encodeURIComponent(SECRET)}&b`, 'https://a/?q=********&b'],
    ['in a form', new URLSearchParams({ q: SECRET }).toString(), 'q=********'],
    ['quoted for a shell', `echo '${SECRET.replaceAll("'", `'\\''`)}'`, "echo '********'"],
    ["quoted by Python's shlex", `echo '${SECRET.replaceAll("'", `'"'"'`)}'`, "echo '********'"],
    ['in HTML', '<b>p@ss/w&quot;o&#39;r&lt;d&gt;&amp;ü \\$1</b>', '<b>********</b>'],
    ['in base64', `Basic ${base64(SECRET)}`, 'Basic ********'],
    ['in base64url', Buffer.from(SECRET).toString('base64url'), '********'],
    ['in hexadecimal', Buffer.from(SECRET).toString('hex'), '********'],
    ['in upper-case hexadecimal', Buffer.from(SECRET).toString('hex').toUpperCase(), '********'],
  ])('%s', (_, text, masked) => {
    expect(redactor(SECRET).text(text)).toBe(masked)
  })

  it.each([0, 1, 2, 3, 4, 5])('in base64 of longer text, after %i bytes', (bytes) => {
    const secret = 'correct horse battery'
    const encoded = base64(`${'u'.repeat(bytes)}${secret}:tail`)
    const masked = redactor(secret).text(encoded)
    const left = Buffer.from(masked.replace('********', ''), 'base64').toString('latin1')
    expect(masked).toContain('********')
    expect(left).not.toMatch(/corr|orse|batt|tery/)
  })

  it('in wrapped base64', () => {
    const secret = lines(20)
    const wrapped = base64(secret).replaceAll(/.{76}/g, '$&\n')
    const left = redactor(secret).text(wrapped).replaceAll('********', '')
    expect(left.trim().length).toBeLessThan(8)
  })

  it('line by line, if it has several', () => {
    const pem = `-----BEGIN PRIVATE KEY-----\n${lines(3)}-----END PRIVATE KEY-----\n`
    const masks = redactor(pem)
    expect(masks.text(`key:\n${pem}end\n`)).toBe('key:\n********\nend\n')
    expect(masks.text(`    key line 0002 of it\r\n`)).toBe('    ********\r\n')
    expect(masks.text('-----BEGIN PRIVATE KEY-----')).toBe('-----BEGIN PRIVATE KEY-----')
  })

  it('when it ends in a newline, which stays', () => {
    expect(redactor('hunter22\n').text('a=hunter22\nb\n')).toBe('a=********\nb\n')
  })

  it('when it is short only where it is the whole text', () => {
    expect(redactor('abc').text('abc')).toBe('********')
    expect(redactor('abc').text('abc\n')).toBe('********\n')
    expect(redactor('abc').text('abcd')).toBe('abcd')
  })
})

describe('several secrets', () => {
  it('that overlap are masked as one', () => {
    expect(redactor('abcd1234', '1234efgh').text('<abcd1234efgh>')).toBe('<********>')
  })

  it('of which one holds another are masked as the longer', () => {
    expect(redactor('pass', 'password1').text('password1 pass')).toBe('******** ********')
  })

  it('that are empty or blank mask nothing', () => {
    expect(redactor('', '  ', '\n').text('a b\n')).toBe('a b\n')
  })
})

describe('an event', () => {
  it('is the very same object when there is no secret', () => {
    const event = result('ok', { result: { a: 'b' } })
    expect(new Redactor().event(event)).toBe(event)
  })

  it('is masked deeply, keys and numbers too, and keeps what it is', () => {
    const event = result('changed', {
      host: 'web1',
      item: { label: 'user hunter22' },
      ms: 12_345_678,
      because: [{ what: 'echo hunter22' }],
      skipReason: "p == 'hunter22'",
      result: {
        hunter22: 1,
        'hunter22 ': 2,
        nested: [{ pin: 12_345_678, flag: true, none: null }],
        later: new Unknown({ what: 'hunter22' }),
        secret: new Secret('other'),
      },
    })
    const masked = redactor('hunter22', '12345678').event(event)
    expect(JSON.stringify(masked)).not.toMatch(/hunter22|"pin":1/)
    expect(masked).toMatchObject({
      type: 'result',
      status: 'changed',
      host: 'web1',
      ms: 12_345_678,
      item: { label: 'user ********' },
      result: {
        '********': 1,
        '******** ': 2,
        nested: [{ pin: '********', flag: true, none: null }],
        secret: '********',
      },
    })
    expect(event.result.hunter22).toBe(1)
  })

  it('keeps its type, status and the id of its task even if they are secrets', () => {
    const masked = redactor('result', 'changed', 'task-1').event(
      result('changed', { task: { ...result('ok').task, id: 'task-1', name: 'task-1' } }),
    )
    expect(masked).toMatchObject({
      type: 'result',
      status: 'changed',
      task: { id: 'task-1', name: '********' },
    })
  })

  it('loses no host when two look alike once masked', () => {
    const masked = redactor('alpha', 'omega').event(summary({ alpha: { ok: 1 }, omega: { ok: 2 } }))
    expect(Object.entries(masked.hosts).map(([host, { ok }]) => [host, ok])).toEqual([
      ['********', 1],
      ['******** (2)', 2],
    ])
    expect(redactor('alpha').event(play('a', ['alpha', 'b'])).hosts).toEqual(['********', 'b'])
  })

  it('keeps a key named __proto__ a key', () => {
    const hostile = JSON.parse('{"__proto__": {"a": "hunter22"}}') as Record<string, unknown>
    expect(JSON.stringify(redactor('hunter22').value(hostile))).toBe('{"__proto__":{"a":"********"}}')
  })
})

describe('a change of a secret is still a change', () => {
  const old = redactor('old-secret', 'new-secret')
  const shown = (before: string | null, after: string, masks = old): string[] =>
    renderDiff(masks.event(result('changed', { diff: [diff(before, after)] })).diff[0]!).slice(3)

  it.each([
    [
      'alone',
      'a\nkey=old-secret\n',
      'a\nkey=new-secret\n',
      [' a', '-key=********', '+key=******** (secret changed)'],
    ],
    [
      'among other changes',
      'a\nkey=old-secret\n',
      'b\nkey=new-secret\n',
      ['-a', '-key=********', '+b', '+key=******** (secret changed)'],
    ],
    [
      'with CRLF',
      'key=old-secret\r\n',
      'key=new-secret\r\n',
      ['-key=********\\r', '+key=******** (secret changed)\\r'],
    ],
    [
      'when secrets change places',
      'key=old-secret\nkey=new-secret\n',
      'key=new-secret\nkey=old-secret\n',
      [' key=********', '-key=********', '+key=******** (secret changed)'],
    ],
    [
      'to what the mask looks like',
      'key=old-secret\n',
      'key=********\n',
      ['-key=********', '+key=******** (secret changed)'],
    ],
    [
      'from what the mask looks like',
      'key=********\n',
      'key=new-secret\n',
      ['-key=********', '+key=******** (secret changed)'],
    ],
  ])('%s', (_, before, after, lines) => {
    expect(shown(before, after)).toEqual(lines)
  })

  it('of several lines', () => {
    const one = redactor(lines(3, 'one'), lines(4, 'two'))
    expect(shown(`${lines(3, 'one')}x\n`, `${lines(4, 'two')}y\n`, one)).toEqual([
      '-********',
      '-x',
      '+******** (secret changed)',
      '+y',
    ])
  })

  it('but a secret in a new line, or one that stayed, is not', () => {
    expect(shown(null, 'key=new-secret\n')).toEqual(['+key=********'])
    expect(shown('key=old-secret\na\n', 'key=old-secret\nb\n')).toEqual([' key=********', '-a', '+b'])
  })

  it('in an attribute, or in what was observed', () => {
    const masked = old.event(
      result('changed', {
        diff: [
          { path: 'user x', attributes: [{ name: 'comment', before: 'old-secret', after: 'new-secret' }] },
        ],
      }),
    )
    expect(masked.diff[0]!.attributes).toEqual([
      { name: 'comment', before: '********', after: '******** (secret changed)' },
    ])
    expect(old.event({ ...mispredicted(), predicted: 'old-secret', observed: 'new-secret' })).toMatchObject({
      predicted: '********',
      observed: '******** (secret changed)',
    })
  })
})

it('is quick with many secrets and much text', () => {
  const masks = redactor(...Array.from({ length: 50 }, (_, index) => `secret number ${index} of many`))
  const text = 'some line of a configuration file\n'.repeat(30_000)
  const started = performance.now()
  expect(masks.text(text)).toBe(text)
  expect(performance.now() - started).toBeLessThan(1500)
})

function lines(count: number, name = 'key'): string {
  return Array.from(
    { length: count },
    (_, line) => `${name} line ${String(line + 1).padStart(4, '0')} of it\n`,
  ).join('')
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
