import type { Reason } from '../variables/unknown.ts'

/** What unknown values wait for, in words: ``waits for `npm ci`, playbooks/site.yml:31``. */
export function waitsFor(because: readonly Reason[]): string {
  if (because.length === 0) return 'cannot be told before a real run'
  const named = because.slice(0, MOST_NAMED).map((reason) => describe(reason))
  const more = because.length - named.length
  return `waits for ${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}`
}

const MOST_NAMED = 3

function describe({ what, location }: Reason): string {
  const name = what.includes('`') ? what : `\`${what}\``
  return location ? `${name}, ${location.file}:${location.line}` : name
}
