/**
 * Lets only so many connections to one endpoint be in the making at once: sshd drops newcomers at random from the
 * tenth on that is not logged in yet (MaxStartups 10:30:100).
 */
export class EndpointLimit {
  readonly #limit: number
  readonly #endpoints = new Map<string, { busy: number; waiting: (() => void)[] }>()

  constructor(limit: number) {
    this.#limit = limit
  }

  async run<T>(endpoint: string, work: () => Promise<T>): Promise<T> {
    const state = this.#endpoints.get(endpoint) ?? { busy: 0, waiting: [] }
    this.#endpoints.set(endpoint, state)
    // Whoever is woken takes over the place of who left, so that `busy` stays.
    if (state.busy >= this.#limit) await new Promise<void>((wake) => state.waiting.push(wake))
    else state.busy++
    try {
      return await work()
    } finally {
      const next = state.waiting.shift()
      if (next) next()
      else if (--state.busy === 0) this.#endpoints.delete(endpoint)
    }
  }
}
