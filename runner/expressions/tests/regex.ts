import { asText, text } from '../convert.ts'
import { Failure, type Item } from '../items.ts'
import { truthy } from '../python/compare.ts'
import { anchored, pythonRegex } from '../python/regex.ts'
import { plain, type Routines } from '../routine.ts'

/** Whether a text fits a regular expression. */
export const regexTests: Routines = {
  match: plain(
    'value pattern? ignorecase? multiline?',
    (_, value, pattern = '', ignoreCase = false, multiline = false) =>
      fits(value, pattern, ignoreCase, multiline, 'match'),
  ),
  search: plain(
    'value pattern? ignorecase? multiline?',
    (_, value, pattern = '', ignoreCase = false, multiline = false) =>
      fits(value, pattern, ignoreCase, multiline, 'search'),
  ),
  regex: plain(
    'value pattern? ignorecase? multiline? match_type?',
    (_, value, pattern = '', ignoreCase = false, multiline = false, type = 'search') =>
      fits(value, pattern, ignoreCase, multiline, text(type, 'match_type')),
  ),
}

function fits(value: Item, pattern: Item, ignoreCase: Item, multiline: Item, type: string): boolean {
  const regex = pythonRegex(text(pattern, 'pattern'), {
    ignoreCase: truthy(ignoreCase),
    multiline: truthy(multiline),
  })
  const subject = asText(value)
  if (type === 'search') return regex.test(subject)
  if (type === 'match') return anchored(regex).test(subject)
  if (type === 'fullmatch')
    return new RegExp(`(?<![\\s\\S])(?:${regex.source})(?![\\s\\S])`, regex.flags).test(subject)
  throw new Failure("match_type must be 'search', 'match' or 'fullmatch'")
}
