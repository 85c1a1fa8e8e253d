import { describe, expect, test } from 'vitest'
import type { Value } from '../../../runner/variables/value.ts'
import { errorOf, render } from '../harness.ts'
import { samples } from '../samples.ts'

const answers: [string, Value][] = [
  ["'abc' | hash('md5')", '900150983cd24fb0d6963f7d28e17f72'],
  ["'abc' | hash('sha256')", 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ["'abc' | hash", 'a9993e364706816aba3e25717850c26c9cd0d89d'],
  ["'abc' | hash('sha512_256')", '53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23'],
  ["'abc' | md5", '900150983cd24fb0d6963f7d28e17f72'],
  ["'abc' | sha1", 'a9993e364706816aba3e25717850c26c9cd0d89d'],
  ["'abc' | checksum", 'a9993e364706816aba3e25717850c26c9cd0d89d'],
  ["'héllo' | b64encode", 'aMOpbGxv'],
  ["'aGVsbG8=' | b64decode", 'hello'],
  ["'hello' | b64encode(encoding='utf-16-le')", 'aABlAGwAbABvAA=='],
  ["'aABlAGwAbABvAA==' | b64decode(encoding='utf-16-le')", 'hello'],
  ["'example' | to_uuid", '0cd629ef-c3f7-5d62-98fc-b4270497b261'],
  [
    "'example' | to_uuid(namespace='11111111-2222-3333-4444-555555555555')",
    '0240c669-935b-5b5f-bfef-5ecabb513b1e',
  ],
  [
    "'secret' | password_hash('sha512', 'mysalt')",
    '$6$mysalt$UX6P1VKOf6dr0s2pg4pLNvIUB6hLXvP6M5f/Yj9hJgMPdAJ4oArvk5YUD9/XWtk1JOpVwt/JTsczMJr8sFVML1',
  ],
  ["'secret' | password_hash('sha256', 'mysalt')", '$5$mysalt$I2SNajjJ3Gc5gIR/tkrLOGngF8wqv59buJCqxh.o9s8'],
  [
    "'secret' | password_hash('sha512', 'mysalt', rounds=6000)",
    '$6$rounds=6000$mysalt$1NjcReFU2TKNJt0FMPqUIcLSXQAGAiXPgbVC7u0RZzht4fHi9xJ4iKWiMk4LEwcIc7CNYZF42JZGvLvADMuEv.',
  ],
  ["'secret' | password_hash('md5', 'mysalt')", '$1$mysalt$n/EfEiV74OYgBdqhKQzSW/'],
]

describe('hashes and encodings are those of Ansible and crypt(3)', () => {
  test.each(answers)('%s', (source, expected) => {
    expect(render(`{{ ${source} }}`, samples)).toEqual(expected)
  })
})

const refusals: [string, string][] = [
  ["'abc' | hash('nope')", "filter 'hash': unsupported hash type 'nope'"],
  [
    "'secret' | password_hash('nope', 'mysalt')",
    "filter 'password_hash': 'nope' is not supported as a password hash",
  ],
]

describe('what makes no sense is refused', () => {
  test.each(refusals)('%s', (source, message) => {
    expect(errorOf(() => render(`{{ ${source} }}`, samples))).toContain(message)
  })
})
