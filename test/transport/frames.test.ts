import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeFrame, type FramePart, FrameReader } from '../../runner/transport/frames.ts'
import { authoredScript, sh } from '../../runner/transport/shell.ts'

const mark = 'd41d8cd98f00b204e9800998ecf8427e'

function encoded(frame: Parameters<typeof encodeFrame>[1]): string {
  return encodeFrame(mark, frame)
    .map((piece) => Buffer.from(piece).toString())
    .join('')
}

describe('a frame is written', () => {
  test('with its lines counted when it is short', () => {
    expect(encoded({ script: sh`echo 1\necho 2` })).toBe(`${mark} 2 0 -\necho 1\necho 2\n${mark}\n`)
  })

  test('with its bytes counted, not its characters, when it is long', () => {
    const script = authoredScript('ü'.repeat(2000))
    expect(encoded({ script })).toBe(`${mark} 0 4000 -\n${script.text}${mark}\n`)
  })

  test('with its payload last, and the length of all of it first', () => {
    const body = `${mark} 1 0 payload\ncat\n`
    expect(encoded({ script: sh`cat`, payload: Buffer.from('bytes') })).toBe(
      `skip\n${mark} ${body.length + 5}\n${body}bytes`,
    )
  })

  test('with an empty payload too, which is not the same as none', () => {
    expect(encoded({ script: sh`cat`, payload: Buffer.alloc(0) })).toContain('payload\n')
  })
})

describe('a stream is read', () => {
  test('however it is cut, with output exact and marks in place', () => {
    const output = fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes).toString('latin1'))
    const nearly = fc.constantFrom(mark, mark.slice(0, 9), `${mark.slice(1)} `, `\n${mark}x`)
    const part = fc.oneof(output, nearly)
    fc.assert(
      fc.property(fc.array(part), fc.array(fc.nat(60)), (parts, cuts) => {
        const text = parts.join('')
        // No script knows the mark, so none prints it whole.
        fc.pre(!text.includes(`${mark} `))
        const stream = Buffer.from(`${text}${mark} end 3\n${text}${mark} end 4\n`, 'latin1')
        expect(read(stream, cuts)).toEqual([text, 'end 3', text, 'end 4'])
      }),
      { numRuns: 300 },
    )
  })

  test('without holding back output that cannot be a mark', () => {
    const parts = [...new FrameReader(mark).read(Buffer.from('a prompt: '))]
    expect(parts).toEqual([{ kind: 'output', bytes: Buffer.from('a prompt: ') }])
  })
})

/** Texts and marks alternately, read in pieces of the given lengths. */
function read(stream: Buffer, cuts: number[]): string[] {
  const reader = new FrameReader(mark)
  const found: string[] = ['']
  let start = 0
  const take = (part: FramePart): void => {
    if (part.kind === 'output') found[found.length - 1] += part.bytes.toString('latin1')
    else found.push(part.words.join(' '), '')
  }
  for (const cut of [...cuts, stream.length]) {
    for (const part of reader.read(stream.subarray(start, start + cut))) take(part)
    start += cut
  }
  return found.at(-1) === '' ? found.slice(0, -1) : found
}
