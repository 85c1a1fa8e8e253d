import { number, text } from '../convert.ts'
import { Failure } from '../items.ts'
import { truthy } from '../python/compare.ts'
import { DateTime } from '../python/datetime.ts'
import { strftime } from '../python/strftime.ts'
import { strptime } from '../python/strptime.ts'
import { plain, type Routines } from '../routine.ts'

/** Dates and times. */
export const dateFilters: Routines = {
  strftime: plain('value second? utc?', (_, value, second = null, utc = false) => {
    const moment = second === null ? Date.now() : number(second, 'seconds') * 1000
    if (!Number.isFinite(moment)) throw new Failure('the seconds are no time')
    return strftime(text(value, 'format'), DateTime.at(moment, truthy(utc)))
  }),
  to_datetime: plain('value format?', (_, value, format = '%Y-%m-%d %H:%M:%S') =>
    strptime(text(value), text(format)),
  ),
}
