/** The fraction of π as 32-bit words, which is what Blowfish starts from; computed, for that is shorter than a table. */
export function piWords(count: number): Uint32Array {
  if (cached.length < count) cached = compute(count)
  return cached.slice(0, count)
}

let cached = new Uint32Array()

function compute(count: number): Uint32Array<ArrayBuffer> {
  const guard = 64n
  const bits = BigInt(count) * 32n + guard
  const one = 1n << bits
  // Machin: π = 16 arctan(1/5) − 4 arctan(1/239).
  const pi = 16n * inverseTangent(5n, one) - 4n * inverseTangent(239n, one)
  const hex = ((pi - 3n * one) >> guard).toString(16).padStart(count * 8, '0')
  return Uint32Array.from({ length: count }, (_, index) =>
    Number.parseInt(hex.slice(index * 8, index * 8 + 8), 16),
  )
}

function inverseTangent(inverse: bigint, one: bigint): bigint {
  let power = one / inverse
  let sum = power
  const square = inverse * inverse
  for (let divisor = 3n, sign = -1n; power > 0n; divisor += 2n, sign = -sign) {
    power /= square
    sum += (sign * power) / divisor
  }
  return sum
}
