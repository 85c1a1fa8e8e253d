import { describe, expect, it } from 'vitest'

import { escapeText, escapeJson, escapeLine } from '../../runner/reports/escape.ts'

describe('escape', () => {
  it.each([
    ['\x1b[31mred', '\\x1b[31mred'],
    ['\x9b2J', '\\x9b2J'],
    ['a\rb\x08\0', 'a\\rb\\x08\\x00'],
    ['user\u202egpj.exe', 'user\\u202egpj.exe'],
    ['zero\u200bwidth', 'zero\\u200bwidth'],
    ['tag\u{e0041}', 'tag\\u{e0041}'],
    ['half \ud800', 'half \\ud800'],
    ['line\n\ttab', 'line\n\ttab'],
    ['Grüße, 日本, 👩‍🚀', 'Grüße, 日本, 👩‍🚀'],
  ])('%j is shown as %j', (text, shown) => {
    expect(escapeText(text)).toBe(shown)
  })

  it('escapes line feeds and tabs as well where text must stay on a line', () => {
    expect(escapeLine('a\n\tb')).toBe('a\\n\\tb')
  })

  it('keeps JSON the same JSON', () => {
    const value = { text: '\x7f\x9b\u202e\u{e0041}\n\ud800' }
    const json = escapeJson(JSON.stringify(value, null, 2))
    expect(json).not.toMatch(/[^\P{C}\n]/u)
    expect(JSON.parse(json)).toEqual(value)
  })
})
