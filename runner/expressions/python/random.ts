import { createHash } from 'node:crypto'
import type { Item } from '../items.ts'
import { Failure, Float } from '../items.ts'

/**
 * Python's `random.Random(seed)`: the Mersenne Twister, so that a seeded choice is the one that Ansible makes and a
 * cron minute does not move when a playbook is brought here.
 */
export class PythonRandom {
  readonly #state = new Uint32Array(624)
  #index = 624

  /** Without a seed, the machine's own randomness. */
  constructor(seed: Item | undefined) {
    this.#seed(seed === undefined || seed === null ? undefined : seedWords(seed))
  }

  #seed(words: readonly number[] | undefined): void {
    if (words === undefined) {
      crypto.getRandomValues(this.#state)
      return
    }
    const state = this.#state
    state[0] = 19650218
    for (let i = 1; i < 624; i++) {
      state[i] = (Math.imul(1812433253, state[i - 1]! ^ (state[i - 1]! >>> 30)) + i) >>> 0
    }
    let i = 1
    let j = 0
    for (let k = Math.max(624, words.length); k > 0; k--) {
      const mixed = Math.imul(state[i - 1]! ^ (state[i - 1]! >>> 30), 1664525)
      state[i] = ((state[i]! ^ mixed) + words[j]! + j) >>> 0
      i++
      j++
      if (i >= 624) {
        state[0] = state[623]!
        i = 1
      }
      if (j >= words.length) j = 0
    }
    for (let k = 623; k > 0; k--) {
      const mixed = Math.imul(state[i - 1]! ^ (state[i - 1]! >>> 30), 1566083941)
      state[i] = ((state[i]! ^ mixed) - i) >>> 0
      i++
      if (i >= 624) {
        state[0] = state[623]!
        i = 1
      }
    }
    state[0] = 0x80000000
  }

  #next(): number {
    const state = this.#state
    if (this.#index >= 624) {
      for (let k = 0; k < 624; k++) {
        const y = (state[k]! & 0x80000000) | (state[(k + 1) % 624]! & 0x7fffffff)
        state[k] = state[(k + 397) % 624]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0)
      }
      this.#index = 0
    }
    let y = state[this.#index++]!
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    y ^= y >>> 18
    return y >>> 0
  }

  /** An integer from 0 up to, and without, the limit. */
  below(limit: number): number {
    if (limit <= 0) throw new Failure('there is nothing to choose from')
    const bits = limit.toString(2).length
    for (;;) {
      const value = this.#bits(bits)
      if (value < limit) return value
    }
  }

  #bits(count: number): number {
    if (count <= 32) return this.#next() >>> (32 - count)
    const low = this.#next()
    return low + (this.#next() >>> (64 - count)) * 2 ** 32
  }

  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = items.slice()
    for (let index = shuffled.length - 1; index > 0; index--) {
      const other = this.below(index + 1)
      ;[shuffled[index], shuffled[other]] = [shuffled[other]!, shuffled[index]!]
    }
    return shuffled
  }
}

/** A seed as the 32-bit words that Python makes of it, the lowest first. */
function seedWords(seed: Item): number[] {
  let value: bigint
  if (typeof seed === 'string') {
    const bytes = Buffer.from(seed)
    const whole = Buffer.concat([bytes, createHash('sha512').update(bytes).digest()])
    value = BigInt(`0x${whole.toString('hex')}`)
  } else if (typeof seed === 'boolean') value = seed ? 1n : 0n
  else if (typeof seed === 'number' && Number.isInteger(seed)) value = BigInt(Math.abs(seed))
  else if (seed instanceof Float) value = BigInt(Math.abs(seed.value))
  else throw new Failure('the seed must be a string or an integer')
  const words: number[] = []
  do {
    words.push(Number(value & 0xffffffffn))
    value >>= 32n
  } while (value > 0n)
  return words
}
