const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** crypt(3)'s base 64: the bytes at the given places, three at a time, the lowest six bits first. */
export function cryptBase64(bytes: Uint8Array, order: readonly (readonly number[])[]): string {
  let out = ''
  for (const places of order) {
    let bits = places.reduce((word, place) => (word << 8) | bytes[place]!, 0)
    const length = places.length === 3 ? 4 : places.length === 2 ? 3 : 2
    for (let index = 0; index < length; index++) {
      out += alphabet[bits & 63]
      bits >>= 6
    }
  }
  return out
}
