import { sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

/** A choice that update-alternatives keeps. */
export interface Alternative {
  /** The generic path: /usr/bin/editor. */
  readonly link: string
  /** Whether the best is chosen by itself. */
  readonly automatic: boolean
  /** The path that is chosen. */
  readonly value: string
  readonly choices: readonly AlternativeChoice[]
}

export interface AlternativeChoice {
  readonly path: string
  readonly priority: number
  /** Paths that come along, by their name. */
  readonly slaves: Readonly<Record<string, string>>
}

/** An alternative by its name; null when there is none. */
export const alternative = defineResource<string, Alternative | null>({
  name: 'alternative',
  id: (key) => key,
  read: (keys) => sh`PATH=$PATH:/usr/sbin
for name in ${keys}; do LC_ALL=C update-alternatives --query "$name" 2>/dev/null; printf '/\n'; done`,
  parse: (answer, keys) => {
    const answers = answer.toString('utf8').split(/^\/\n/m)
    return keys.map((_, index) => parseQuery(answers[index] ?? ''))
  },
  matches: (predicted, observed) => predicted?.value === observed?.value,
  describe: (value) => (value === null ? 'no alternative' : value.value),
})

/** The answer of `update-alternatives --query`. */
export function parseQuery(text: string): Alternative | null {
  const [head = '', ...blocks] = text.trim().split(/\n\n+/)
  const at = (block: string, field: string) => new RegExp(`^${field}: (.*)$`, 'm').exec(block)?.[1]
  const link = at(head, 'Link')
  if (link === undefined) return null
  return {
    link,
    automatic: at(head, 'Status') === 'auto',
    value: at(head, 'Value') ?? '',
    choices: blocks.map((block) => ({
      path: at(block, 'Alternative') ?? '',
      priority: Number(at(block, 'Priority')),
      slaves: Object.fromEntries(
        [...block.matchAll(/^ (\S+) (\S+)$/gm)].map(([, name, path]) => [name!, path!]),
      ),
    })),
  }
}
