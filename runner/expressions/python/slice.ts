/** Python's `sequence[start:stop:step]`, over lists and over a text's characters. */
export function slice<T>(items: readonly T[], start?: number, stop?: number, step = 1): T[] {
  const { length } = items
  if (step > 0) {
    const from = clamp(start ?? 0, length, 0, length)
    const to = clamp(stop ?? length, length, 0, length)
    if (step === 1) return items.slice(from, Math.max(from, to))
    const picked: T[] = []
    for (let index = from; index < to; index += step) picked.push(items[index]!)
    return picked
  }
  const from = start === undefined ? length - 1 : clamp(start, length, -1, length - 1)
  const to = stop === undefined ? -1 : clamp(stop, length, -1, length - 1)
  const picked: T[] = []
  for (let index = from; index > to; index += step) picked.push(items[index]!)
  return picked
}

function clamp(index: number, length: number, low: number, high: number): number {
  return Math.min(Math.max(index < 0 ? index + length : index, low), high)
}
