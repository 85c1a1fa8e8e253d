import { integer, text } from '../convert.ts'
import { Failure, float, tuple, type Item } from '../items.ts'
import { DateTime, TimeDelta } from '../python/datetime.ts'
import { strftime } from '../python/strftime.ts'
import { plain, type Routines } from '../routine.ts'

/** The methods of Python's `datetime`. */
export const dateMethods: Routines = {
  date: plain('self', (_, self) => strftime('%Y-%m-%d', date(self))),
  isocalendar: plain('self', (_, self) =>
    tuple(['%G', '%V', '%u'].map((part) => Number(strftime(part, date(self))))),
  ),
  isoformat: plain('self sep?', (_, self, separator = 'T') => date(self).isoformat(text(separator))),
  isoweekday: plain('self', (_, self) => date(self).fields.getUTCDay() || 7),
  replace: plain('self year? month? day? hour? minute? second? microsecond?', (_, self, ...parts) => {
    const { fields, microsecond, offsetMinutes } = date(self)
    const now = [
      fields.getUTCFullYear(),
      fields.getUTCMonth() + 1,
      fields.getUTCDate(),
      fields.getUTCHours(),
      fields.getUTCMinutes(),
      fields.getUTCSeconds(),
      microsecond,
    ]
    const [year, month, day, hour, minute, second, micro] = now.map((value, index) => {
      const part = parts[index]
      return part === undefined ? value : integer(part)
    }) as [number, number, number, number, number, number, number]
    return new DateTime(Date.UTC(year, month - 1, day, hour, minute, second) + micro / 1000, offsetMinutes)
  }),
  strftime: plain('self format', (_, self, format) => strftime(text(format), date(self))),
  time: plain('self', (_, self) => strftime('%H:%M:%S', date(self))),
  timestamp: plain('self', (_, self) => float(date(self).timestamp())),
  utctimetuple: plain('self', (_, self) => dateTuple(date(self))),
  timetuple: plain('self', (_, self) => dateTuple(date(self))),
  weekday: plain('self', (_, self) => (date(self).fields.getUTCDay() + 6) % 7),
}

/** The methods of Python's `timedelta`. */
export const deltaMethods: Routines = {
  total_seconds: plain('self', (_, self) => {
    if (!(self instanceof TimeDelta)) throw new Failure('this is no span of time')
    return float(self.milliseconds / 1000)
  }),
}

export function dateProperty(self: DateTime, name: string): Item | undefined {
  const { fields } = self
  switch (name) {
    case 'year':
      return fields.getUTCFullYear()
    case 'month':
      return fields.getUTCMonth() + 1
    case 'day':
      return fields.getUTCDate()
    case 'hour':
      return fields.getUTCHours()
    case 'minute':
      return fields.getUTCMinutes()
    case 'second':
      return fields.getUTCSeconds()
    case 'microsecond':
      return self.microsecond
    default:
      return undefined
  }
}

export function deltaProperty(self: TimeDelta, name: string): Item | undefined {
  if (name === 'days') return self.days
  if (name === 'seconds') return self.seconds
  return name === 'microseconds' ? self.microseconds : undefined
}

function date(self: Item): DateTime {
  if (!(self instanceof DateTime)) throw new Failure('this is no time')
  return self
}

function dateTuple(time: DateTime): Item {
  const parts = ['%Y', '%m', '%d', '%H', '%M', '%S', '%w', '%j'].map((part) => Number(strftime(part, time)))
  parts[6] = (parts[6]! + 6) % 7
  return tuple([...parts, -1])
}
