import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../runner/source/diagnostic.ts'
import { formatDiagnostics, inOrder } from '../../runner/source/format.ts'
import { project } from './project.ts'

const at = (file: string, line: number, column: number) => ({ file, line, column })

test('a diagnostic shows place, line, caret and hint', () => {
  const file = join(project({ 'main.yml': '- name: x\n  coppy:\n    dest: /a\n' }), 'main.yml')
  const diagnostic: Diagnostic = {
    severity: 'error',
    message: `unknown module 'coppy'`,
    hint: `did you mean 'copy'?`,
    location: at(file, 2, 3),
  }
  expect(formatDiagnostics([diagnostic])).toBe(
    `error: ${file}:2:3: unknown module 'coppy'\n  2 |   coppy:\n    |   ^\nhint: did you mean 'copy'?\n`,
  )
})

test('what Ansible calls it stands at the end, where scripts look for its words', () => {
  const diagnostic: Diagnostic = { severity: 'error', message: 'wrong', ansible: 'it is wrong' }
  expect(formatDiagnostics([diagnostic])).toBe('error: wrong\nERROR! it is wrong\n')
})

test('one without a place or with a line that is gone shows what there is', () => {
  const diagnostics: Diagnostic[] = [
    { severity: 'warning', message: 'careful' },
    { severity: 'error', message: 'wrong', location: at('/nowhere/x.yml', 3, 1) },
  ]
  expect(formatDiagnostics(diagnostics)).toBe('warning: careful\n\nerror: /nowhere/x.yml:3:1: wrong\n')
})

test('they come sorted by file, line and column, each once', () => {
  const sorted = inOrder([
    error('b', 1, 1),
    error('a', 10, 1),
    error('a', 2, 5),
    error('a', 2, 1),
    error('b', 1, 1),
  ])
  expect(sorted.map(({ location }) => `${location!.file}${location!.line}:${location!.column}`)).toEqual([
    'a2:1',
    'a2:5',
    'a10:1',
    'b1:1',
  ])
})

describe('nothing of a file can act on the terminal', () => {
  const cases: [what: string, line: string, shown: string][] = [
    ['escape sequences', 'a: \u001b[31mred', 'a: \\u001b[31mred'],
    ['text that turns the direction round', 'a: \u202egnp', 'a: \\u202egnp'],
    ['carriage returns', 'a: x\rb', 'a: x\\u000db'],
    ['tabs, which keep their column', 'a:\tb', 'a: b'],
  ]
  test.each(cases)('%s', (_, line, shown) => {
    const file = join(project({ 'main.yml': '' }), 'main.yml')
    writeFileSync(file, `${line}\n`)
    const message = `bad value '${line}'`
    const text = formatDiagnostics([{ severity: 'error', message, hint: line, location: at(file, 1, 1) }])
    expect(text).toBe(`error: ${file}:1:1: bad value '${shown}'\n  1 | ${shown}\n    | ^\nhint: ${shown}\n`)
  })
})

test('the lines of an encrypted file are not shown', () => {
  const file = join(project({ 'secrets.yml': '$ANSIBLE_VAULT;1.1;AES256\n3132\n' }), 'secrets.yml')
  const text = formatDiagnostics([{ severity: 'error', message: 'x', location: at(file, 2, 1) }])
  expect(text).toBe(`error: ${file}:2:1: x\n`)
})

test('colour is added on request only, and changes nothing else', () => {
  const diagnostics: Diagnostic[] = [{ severity: 'error', message: 'x', hint: 'y' }]
  const colored = formatDiagnostics(diagnostics, { color: true })
  expect(colored).toContain('\u001b[31m')
  expect(colored.replaceAll(/\u001b\[\d+m/g, '')).toBe(formatDiagnostics(diagnostics))
})

function error(file: string, line: number, column: number): Diagnostic {
  return { severity: 'error', message: 'x', location: at(file, line, column) }
}
