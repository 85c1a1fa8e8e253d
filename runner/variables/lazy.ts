import type { Value } from './value.ts'

/**
 * A dictionary whose entries are worked out when they are asked for: `hostvars`, `hostvars['web1']`, `vars`.
 * What `get` returns is already evaluated in the scope it belongs to. `get` may throw to make its caller wait.
 */
export class LazyDict {
  readonly get: (key: string) => Value | undefined
  readonly keys: () => string[]

  constructor(get: (key: string) => Value | undefined, keys: () => string[]) {
    this.get = get
    this.keys = keys
  }

  toJSON(): Record<string, unknown> {
    return Object.fromEntries(this.keys().map((key) => [key, this.get(key)]))
  }
}
