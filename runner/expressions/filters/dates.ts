import { asText, text } from '../convert.ts'
import { Failure, type Item } from '../items.ts'
import { truthy } from '../python/compare.ts'
import { DateTime } from '../python/datetime.ts'
import { strftime } from '../python/strftime.ts'
import { numeric } from '../python/numbers.ts'
import { strptime } from '../python/strptime.ts'
import { plain, type Routines } from '../routine.ts'

/** Dates and times. */
export const dateFilters: Routines = {
  strftime: plain('value second? utc?', (_, value, second = null, utc = false) => {
    const moment = second === null ? Date.now() : epoch(second) * 1000
    return strftime(text(value, 'format'), DateTime.at(moment, truthy(utc)))
  }),
  to_datetime: plain('value format?', (_, value, format = '%Y-%m-%d %H:%M:%S') =>
    strptime(text(value), text(format)),
  ),
}

function epoch(second: Item): number {
  const seconds = typeof second === 'string' && second.trim() !== '' ? Number(second) : numeric(second)
  if (seconds === undefined || !Number.isFinite(seconds)) {
    throw new Failure(`Invalid value for epoch value (${asText(second)})`)
  }
  return seconds
}
