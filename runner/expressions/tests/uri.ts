import { asText, list } from '../convert.ts'
import type { Item } from '../items.ts'
import { plain, type Routines } from '../routine.ts'

/** Addresses as texts. */
export const uriTests: Routines = {
  uri: plain('value schemes?', (_, value, schemes = null) => isUri(value, schemes)),
  url: plain('value schemes?', (_, value, schemes = null) => {
    return (
      isUri(value, schemes) && (/^[^/?#]*\/\/[^/?#]+/.test(asText(value)) || /^file:/i.test(asText(value)))
    )
  }),
  urn: plain('value', (_, value) => isUri(value, ['urn'])),
}

function isUri(value: Item, schemes: Item): boolean {
  const text = asText(value)
  const bracket = /^(?:[A-Za-z][\w+.-]*:)?\/\/[^/?#]*/.exec(text)?.[0] ?? ''
  if (bracket.includes('[') !== bracket.includes(']')) return false
  const [, scheme = ''] = /^([A-Za-z][\w+.-]*):/.exec(text) ?? []
  return schemes === null || list(schemes).length === 0 || list(schemes).includes(scheme.toLowerCase())
}
