import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { content } from '../../runner/resources/content.ts'
import { digest } from '../../runner/resources/digest.ts'
import { glob } from '../../runner/resources/glob.ts'
import { listing } from '../../runner/resources/listing.ts'
import { path } from '../../runner/resources/path.ts'
import type { ResourceKind } from '../../runner/resources/resource.ts'

/** Reads resources of this machine by the very script that runs on hosts. */
function read<Key, Value>(kind: ResourceKind<Key, Value>, ...keys: Key[]): Value[] {
  return kind.parse(
    execFileSync('sh', ['-c', kind.read(keys).text], { stdio: ['ignore', 'pipe', 'ignore'] }),
    keys,
  )
}

describe('paths are read as they are', () => {
  let directory: string
  const at = (name: string) => join(directory, name)
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'paths-'))
    writeFileSync(at('file'), 'one\n')
    chmodSync(at('file'), 0o4640)
    mkdirSync(at('directory'))
    writeFileSync(at('directory/odd\nname'), '')
    writeFileSync(at('directory/-b'), Buffer.from([0, 255, 10]))
    symlinkSync('file', at('link'))
    symlinkSync('nowhere', at('dangling'))
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  test('a file, a directory, links and what is not there, in whatever order', () => {
    expect(
      read(
        path,
        at('nope'),
        at('link'),
        at('nope2'),
        at('file'),
        at('dangling'),
        at('directory'),
        at('nope3'),
      ),
    ).toMatchObject([
      { type: 'absent' },
      { type: 'link', target: 'file' },
      { type: 'absent' },
      { type: 'file', mode: 0o4640, size: 4 },
      { type: 'link', target: 'nowhere' },
      { type: 'directory' },
      { type: 'absent' },
    ])
  })

  test('a link alone, followed by something that is not there', () => {
    expect(read(path, at('link'), at('nope'))).toMatchObject([
      { type: 'link', target: 'file' },
      { type: 'absent' },
    ])
  })

  test('names with a newline or a leading dash', () => {
    expect(read(path, at('directory/odd\nname'))).toMatchObject([{ type: 'file', size: 0 }])
    expect(read(listing, at('directory'), at('file'), at('nope'))).toEqual([['-b', 'odd\nname'], null, null])
  })

  test('digests and contents, of files only', () => {
    const sum = '2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806'
    expect(read(digest, at('nope'), at('link'), at('directory'), at('file'))).toEqual([null, sum, null, sum])
    expect(read(content, at('directory/-b'), at('nope'), at('file'))).toEqual([
      Buffer.from([0, 255, 10]),
      null,
      Buffer.from('one\n'),
    ])
  })

  test('patterns', () => {
    expect(read(glob, at('f*'), at('nothing*'), at('directory/[-]b'))).toEqual([
      [at('file')],
      [],
      [at('directory/-b')],
    ])
  })
})
