import { comparePositions, type Position } from './position.ts'

interface Waiter {
  readonly position: Position
  readonly go: () => void
}

/**
 * How far each host of a batch has come. Keeps the promise of Ansible's `linear` strategy without a global lock step:
 * a host waits only before something that has an effect, or looks across hosts, until no other host is behind.
 */
export class Progress {
  readonly #positions = new Map<string, Position>()
  readonly #onAdvance: (least: Position | undefined) => void
  #waiters: Waiter[] = []
  #turns: { readonly isNext: () => boolean; readonly go: () => void }[] = []
  #least: Position | undefined = []
  #leastHost: string | undefined

  /** `onAdvance` is told whenever the hindmost host moves on; `undefined` once all have finished. */
  constructor(hosts: readonly string[], onAdvance: (least: Position | undefined) => void) {
    for (const host of hosts) this.#positions.set(host, [])
    this.#leastHost = hosts[0]
    this.#onAdvance = onAdvance
  }

  /** A host begins the task at a position; it never goes back. */
  advance(host: string, position: Position): void {
    this.#positions.set(host, position)
    if (host === this.#leastHost) this.#moved()
    this.#takeTurns()
  }

  /** A host has no more to do. */
  leave(host: string): void {
    this.#positions.delete(host)
    this.#moved()
    this.#takeTurns()
  }

  /** Whether a host is at this very task. */
  isAt(host: string, position: Position): boolean {
    const at = this.#positions.get(host)
    return at !== undefined && comparePositions(at, position) === 0
  }

  /** Resolves when no host is before the position. */
  async everyoneAt(position: Position): Promise<void> {
    if (this.#least === undefined || comparePositions(this.#least, position) >= 0) return
    await new Promise<void>((go) => {
      this.#waiters.push({ position, go })
    })
  }

  /** Resolves when every host that stands before this one in the batch has gone past the position. */
  async turnOf(host: string, position: Position): Promise<void> {
    const isNext = () => {
      for (const [name, at] of this.#positions) {
        if (name === host) return true
        if (comparePositions(at, position) <= 0) return false
      }
      return true
    }
    if (isNext()) return
    await new Promise<void>((go) => {
      this.#turns.push({ isNext, go })
    })
  }

  #takeTurns(): void {
    if (this.#turns.length === 0) return
    const ready = this.#turns.filter(({ isNext }) => isNext())
    this.#turns = this.#turns.filter((turn) => !ready.includes(turn))
    for (const { go } of ready) go()
  }

  /** The hindmost position; undefined once all have finished. */
  get least(): Position | undefined {
    return this.#least
  }

  #moved(): void {
    this.#least = undefined
    this.#leastHost = undefined
    for (const [host, position] of this.#positions) {
      if (this.#least === undefined || comparePositions(position, this.#least) < 0) {
        this.#least = position
        this.#leastHost = host
      }
    }
    const least = this.#least
    const ready = this.#waiters.filter(
      ({ position }) => least === undefined || comparePositions(least, position) >= 0,
    )
    if (ready.length > 0) {
      this.#waiters = this.#waiters.filter((waiter) => !ready.includes(waiter))
      for (const { go } of ready) go()
    }
    this.#onAdvance(least)
  }
}
