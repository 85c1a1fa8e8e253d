import type { Value } from '../../variables/value.ts'
import { asText, integer, text } from '../convert.ts'
import { Failure, inAnsiblesWords, tuple, type Item } from '../items.ts'
import { truthy } from '../python/compare.ts'
import { expandReplacement, groupOf, pythonRegex } from '../python/regex.ts'
import { plain, type Routines } from '../routine.ts'

/** Regular expressions as Python writes them. */
export const regexFilters: Routines = {
  regex_replace: plain(
    'value pattern? replacement? ignorecase? multiline? count? mandatory_count?',
    (
      _,
      value,
      pattern = '',
      replacement = '',
      ignoreCase = false,
      multiline = false,
      count = 0,
      mandatory = 0,
    ) => {
      const regex = pythonRegex(asText(pattern), flags(ignoreCase, multiline))
      const limit = integer(count) || Infinity
      const subject = asText(value)
      let made = 0
      let out = ''
      let end = 0
      for (const match of subject.matchAll(regex)) {
        if (made >= limit) break
        out += subject.slice(end, match.index) + expandReplacement(asText(replacement), match)
        end = match.index + match[0].length
        made++
      }
      if (integer(mandatory) > 0 && made !== integer(mandatory)) {
        throw new Failure(
          `'${asText(pattern)}' should match ${integer(mandatory)} times, but matches ${made} times`,
        )
      }
      return out + subject.slice(end)
    },
  ),
  regex_search: plain('value regex *groups **options', (_, value, pattern, groups, options) => {
    const { ignorecase = false, multiline = false } = options as Record<string, Item>
    const match = pythonRegex(text(pattern, 'pattern'), flags(ignorecase, multiline)).exec(asText(value))
    const wanted = (groups as Item[]).map((group) => {
      const [, name, index] = /^\\(?:g<(\S+)>|(\d+))$/.exec(text(group, 'group')) ?? []
      if (name === undefined && index === undefined)
        throw new Failure(`'${text(group)}' names no group`, "write '\\\\1' or '\\\\g<name>'")
      return (name ?? index)!
    })
    if (match === null) return null
    return wanted.length === 0 ? match[0] : wanted.map((group) => groupOf(match, group))
  }),
  regex_findall: plain(
    'value regex multiline? ignorecase?',
    (_, value, pattern, multiline = false, ignoreCase = false) => {
      const regex = pythonRegex(text(pattern, 'pattern'), flags(ignoreCase, multiline))
      return Array.from(asText(value).matchAll(regex), (match): Value => {
        if (match.length === 1) return match[0]
        const groups = match.slice(1).map((group: string | undefined) => group ?? '')
        return groups.length === 1 ? groups[0]! : tuple(groups)
      })
    },
  ),
  regex_escape: plain('value re_type?', (_, value, kind = 'python') => {
    if (kind === 'python') return asText(value).replace(/[()[\]{}?*+\-|^$\\.&~# \t\n\r\v\f]/g, '\\$&')
    if (kind === 'posix_basic') return asText(value).replace(/[\][.^$*\\]/g, '\\$&')
    if (kind === 'posix_extended') throw inAnsiblesWords('Regex type (posix_extended) not yet implemented')
    throw inAnsiblesWords(`Invalid regex type (${asText(kind)})`, "use 'python' or 'posix_basic'")
  }),
}

function flags(ignoreCase: Item, multiline: Item) {
  return { ignoreCase: truthy(ignoreCase), multiline: truthy(multiline) }
}
