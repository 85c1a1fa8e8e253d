import { sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

export interface SysctlStatus {
  /** White space in a row is one space. */
  readonly value: string
  /** Whether it can be set here: not in a container that has the kernel of another machine. */
  readonly writable: boolean
}

/** A kernel parameter by its name, dots or slashes between its parts; null for one that the kernel does not have. */
export const sysctl = defineResource<string, SysctlStatus | null>({
  name: 'sysctl',
  id: (key) => sysctlPath(key),
  read: (keys) => sh`for path in ${keys.map((key) => sysctlPath(key))}; do
  if [ -f "$path" ]; then
    if [ -w "$path" ]; then printf w; else printf r; fi
    cat -- "$path"
  else printf -- -; fi
  printf '\\0'
done 2>/dev/null`,
  parse: (answer, keys) => {
    const records = answer.toString('utf8').split('\0')
    return keys.map((_, index) => {
      const record = records[index]!
      if (record === '-') return null
      return { value: oneSpace(record.slice(1)), writable: record.startsWith('w') }
    })
  },
  matches: (predicted, observed) => predicted?.value === observed?.value,
  describe: (status) => status?.value ?? 'none',
})

/**
 * The file of a parameter. The first separator decides which one separates; the other is then part of a name
 * (`net.ipv4.conf.eth0/1.forwarding` is about the interface `eth0.1`).
 *
 * @source sysctl(8)
 */
export function sysctlPath(name: string): string {
  const separator = /[./]/.exec(name)?.[0]
  const path = separator === '.' ? name.replace(/[./]/g, (each) => (each === '.' ? '/' : '.')) : name
  return `/proc/sys/${path}`
}

export function oneSpace(value: string): string {
  return value.trim().replace(/\s+/g, ' ')
}
