import { own, type Dict } from '../../variables/value.ts'
import { asText, list, text } from '../convert.ts'
import { Failure } from '../items.ts'
import { entriesOf, isMapping } from '../mapping.ts'
import { plain, type Routines } from '../routine.ts'

/** Addresses. */
export const urlFilters: Routines = {
  urlencode: plain('value', (_, value) => {
    if (typeof value === 'string') return percentEncode(value, '/')
    if (!isMapping(value) && !Array.isArray(value)) return percentEncode(asText(value), '/')
    const pairs = isMapping(value) ? entriesOf(value) : value.map((pair) => list(pair) as [string, string])
    return pairs.map(([key, one]) => `${formEncode(asText(key))}=${formEncode(asText(one))}`).join('&')
  }),
  urldecode: plain('value', (_, value) => decodeURIComponent(asText(value).replaceAll('+', ' '))),
  urlsplit: plain('value query?', (_, value, query = '') => {
    const parts = splitUrl(text(value))
    if (query === '') return parts
    const part = own(parts, text(query))
    if (part === undefined)
      throw new Failure(`unknown URL component: ${text(query)}`, `it has ${Object.keys(parts).join(', ')}`)
    return part
  }),
}

/** Python's `quote`: everything but letters, digits, `_.-~` and what is named safe. */
function percentEncode(value: string, safe: string): string {
  return Array.from(Buffer.from(value), (byte) => {
    const character = String.fromCharCode(byte)
    if (/[\w.~-]/.test(character) || safe.includes(character)) return character
    return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}

function formEncode(value: string): string {
  return percentEncode(value, '').replaceAll('%20', '+')
}

/** Python's `urlsplit`, which unlike a browser changes nothing. */
function splitUrl(url: string): Dict {
  let rest = url
  const cut = (pattern: RegExp) => {
    const match = pattern.exec(rest)
    if (match === null) return ''
    rest = rest.slice(match[0].length)
    return match[1]!
  }
  const scheme = cut(/^([A-Za-z][\w+.-]*):/).toLowerCase()
  const netloc = cut(/^\/\/([^/?#]*)/)
  const path = cut(/^([^?#]*)/)
  const query = cut(/^\?([^#]*)/)
  const fragment = cut(/^#(.*)$/s)
  const at = netloc.lastIndexOf('@')
  const login = at === -1 ? undefined : netloc.slice(0, at)
  const [, bracketed, plainHost, port] =
    /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(netloc.slice(at + 1)) ?? []
  const hostname = (bracketed ?? plainHost ?? '').toLowerCase()
  const colon = login?.indexOf(':') ?? -1
  return {
    fragment,
    hostname: hostname === '' ? null : hostname,
    netloc,
    password: login === undefined || colon === -1 ? null : login.slice(colon + 1),
    path,
    port: port === undefined || port === '' ? null : Number(port),
    query,
    scheme,
    username: login === undefined ? null : colon === -1 ? login : login.slice(0, colon),
  }
}
