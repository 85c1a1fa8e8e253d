/** Waiting times that double, from 100 ms to 10 s, until something works. */
export class Backoff {
  #failures = 0

  next(): number {
    const wait = Math.min(10_000, 100 * 2 ** this.#failures)
    this.#failures += 1
    return wait
  }

  reset(): void {
    this.#failures = 0
  }
}
