import { randomBytes } from 'node:crypto'
import { Failure } from '../items.ts'
import { piWords } from './pi.ts'

const alphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/**
 * crypt(3)'s `$2b$`. The salt is 22 characters of bcrypt's own base 64; what is left of it is random.
 * @source Provos and Mazières, A Future-Adaptable Password Scheme, 1999
 */
export function bcrypt(password: string, salt: string, cost: number, ident: string): string {
  if (cost < 4 || cost > 20) throw new Failure('the rounds of bcrypt must be between 4 and 20')
  if (!['2', '2a', '2b', '2y'].includes(ident)) throw new Failure(`bcrypt has no variant '${ident}'`)
  const seed = salt.length === 22 ? decode(salt) : randomBytes(16)
  const key = Buffer.concat([Buffer.from(password).subarray(0, 72), Buffer.from([0])]).subarray(0, 72)
  const cipher = new Blowfish()
  cipher.expand(key, seed)
  for (let round = 0; round < 2 ** cost; round++) {
    cipher.expand(key)
    cipher.expand(seed)
  }
  const words = new Uint32Array(6)
  const text = Buffer.from('OrpheanBeholderScryDoubt')
  for (let index = 0; index < 6; index++) words[index] = text.readUInt32BE(index * 4)
  for (let block = 0; block < 6; block += 2) {
    for (let round = 0; round < 64; round++) cipher.encrypt(words, block)
  }
  const out = Buffer.alloc(24)
  for (const [index, word] of words.entries()) out.writeUInt32BE(word, index * 4)
  return `$${ident}$${String(cost).padStart(2, '0')}$${encode(seed)}${encode(out.subarray(0, 23))}`
}

class Blowfish {
  readonly #p: Uint32Array
  readonly #s: Uint32Array
  readonly #pair = new Uint32Array(2)

  constructor() {
    const words = piWords(18 + 1024)
    this.#p = words.slice(0, 18)
    this.#s = words.slice(18)
  }

  /** Mixes a key into the boxes, with a salt in the data when there is one. */
  expand(key: Uint8Array, salt?: Uint8Array): void {
    const p = this.#p
    let at = 0
    for (let index = 0; index < 18; index++) {
      let word = 0
      for (let byte = 0; byte < 4; byte++) word = (word << 8) | key[at++ % key.length]!
      p[index] = p[index]! ^ word
    }
    this.#pair.fill(0)
    let saltAt = 0
    for (const box of [p, this.#s]) {
      for (let index = 0; index < box.length; index += 2) {
        if (salt !== undefined) {
          for (let half = 0; half < 2; half++) {
            let word = 0
            for (let byte = 0; byte < 4; byte++) word = (word << 8) | salt[saltAt++ % salt.length]!
            this.#pair[half] = this.#pair[half]! ^ word
          }
        }
        this.encrypt(this.#pair, 0)
        box[index] = this.#pair[0]!
        box[index + 1] = this.#pair[1]!
      }
    }
  }

  encrypt(words: Uint32Array, at: number): void {
    const p = this.#p
    const s = this.#s
    let left = words[at]! ^ p[0]!
    let right = words[at + 1]!
    for (let round = 1; round <= 16; round += 2) {
      right ^=
        ((((s[left >>> 24]! + s[256 + ((left >>> 16) & 255)]!) ^ s[512 + ((left >>> 8) & 255)]!) +
          s[768 + (left & 255)]!) |
          0) ^
        p[round]!
      left ^=
        ((((s[right >>> 24]! + s[256 + ((right >>> 16) & 255)]!) ^ s[512 + ((right >>> 8) & 255)]!) +
          s[768 + (right & 255)]!) |
          0) ^
        p[round + 1]!
    }
    words[at] = right ^ p[17]!
    words[at + 1] = left
  }
}

function encode(bytes: Uint8Array): string {
  let out = ''
  for (let index = 0; index < bytes.length; index += 3) {
    const [a, b, c] = [bytes[index]!, bytes[index + 1], bytes[index + 2]]
    out += alphabet[a >> 2]! + alphabet[((a & 3) << 4) | ((b ?? 0) >> 4)]!
    if (b === undefined) break
    out += alphabet[((b & 15) << 2) | ((c ?? 0) >> 6)]!
    if (c === undefined) break
    out += alphabet[c & 63]!
  }
  return out
}

function decode(text: string): Buffer {
  let bits = 0n
  for (const character of text) bits = (bits << 6n) | BigInt(alphabet.indexOf(character))
  // 22 characters hold 132 bits, of which the last four say nothing.
  return Buffer.from((bits >> 4n).toString(16).padStart(32, '0'), 'hex')
}
