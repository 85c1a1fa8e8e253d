import { expect, test } from 'vitest'
import { splitWords } from '../../runner/transport/split-words.ts'

test.each([
  ['', []],
  ['  -H   -n ', ['-H', '-n']],
  [`-o ProxyCommand="ssh -W %h:%p bastion"`, ['-o', 'ProxyCommand=ssh -W %h:%p bastion']],
  [`'single $kept \\' "double \\"quoted\\" \\n"`, ['single $kept \\', 'double "quoted" \\n']],
  [`a\\ b c`, ['a b', 'c']],
  [`'' ""`, ['', '']],
])('%j is the words %j', (text, words) => {
  expect(splitWords(text)).toEqual(words)
})

test.each([`'open`, `"open`, 'end\\'])('%j is refused', (text) => {
  expect(() => splitWords(text)).toThrow(text)
})
