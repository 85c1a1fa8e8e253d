import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseExtraVars } from '../../runner/inventory/extra-vars.ts'
import { SourceError } from '../../runner/source/diagnostic.ts'
import { Template } from '../../runner/variables/template.ts'
import { project } from './project.ts'

const values = (...given: string[]) => {
  const layer = parseExtraVars(given)
  return Object.fromEntries([...layer.names()].map((name) => [name, layer.get(name)]))
}

describe('variables of the command line', () => {
  it.each<[string, string[], object]>([
    ['are text as name=value', ['a=1 b=yes'], { a: '1', b: 'yes' }],
    ['may be quoted', [`a="x y" b='p "q"' c=`], { a: 'x y', b: 'p "q"', c: '' }],
    ['may hold equals signs', ['a=b=c'], { a: 'b=c' }],
    ['keep their types as JSON', ['{"a": 1, "b": [true, null]}'], { a: 1, b: [true, null] }],
    ['and as YAML', ['{a: 1, b: yes}'], { a: 1, b: true }],
    ['override each other from left to right', ['a=1 b=1', '{"b": 2}', 'b=3'], { a: '1', b: '3' }],
    ['may be absent', [], {}],
  ])('%s', (_, given, expected) => {
    expect(values(...given)).toEqual(expected)
  })

  it('may come from files', () => {
    const directory = project({ 'v.yml': 'a: 1\nb: {c: 2}\n', 'v.json': '{"a": 3}' })
    expect(values(`@${join(directory, 'v.yml')}`, `@${join(directory, 'v.json')}`)).toEqual({
      a: 3,
      b: { c: 2 },
    })
  })

  it('may be templates, with spaces in them', () => {
    const { a, b, c } = values('a={{ x }} b="{{ y }} z"', '{"c": "{{ x }}"}')
    expect([a, b, c].map((value) => (value as Template).source)).toEqual(['{{ x }}', '{{ y }} z', '{{ x }}'])
    for (const value of [a, b, c]) expect(value).toBeInstanceOf(Template)
  })

  it('know where they stand', () => {
    const layer = parseExtraVars(['a=1', '{"b": 2}'])
    expect(layer.name).toBe('extra vars')
    expect(layer.locate?.('b')).toMatchObject({ file: '-e', line: 1, column: 7 })
  })

  it.each([
    ['a', "-e a: expected name=value, not 'a'"],
    ['./vars.yml', "-e ./vars.yml: expected name=value, not './vars.yml'"],
    ['=1', "expected name=value, not '=1'"],
    ['[1]', '-e [1]: expected a dictionary'],
    ['{a: [}', ''],
    ['@/nonexistent.yml', 'cannot read the file: there is no such file'],
  ])('%s is refused', (given, message) => {
    expect(() => parseExtraVars([given])).toThrow(SourceError)
    expect(() => parseExtraVars([given])).toThrow(message)
  })

  it('keep a name like __proto__ a name', () => {
    expect(parseExtraVars(['{"__proto__": {"x": 1}}']).get('__proto__')).toEqual({ x: 1 })
    expect(parseExtraVars(['a=1']).get('toString')).toBeUndefined()
  })
})
