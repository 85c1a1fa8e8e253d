import { Failure, Native } from '../items.ts'
import { strftime } from './strftime.ts'

const day = 86_400_000

/** Python's `datetime`: a wall clock time, with an offset from UTC when it is aware of one. */
export class DateTime extends Native {
  readonly type = 'datetime'
  /** Wall clock time as if it were UTC, in milliseconds since 1970; the fraction holds microseconds. */
  readonly milliseconds: number
  readonly offsetMinutes: number | undefined

  constructor(milliseconds: number, offsetMinutes?: number) {
    super()
    this.milliseconds = milliseconds
    this.offsetMinutes = offsetMinutes
  }

  /** A moment, as the clock on this machine's wall (or in UTC) shows it. */
  static at(epochMilliseconds: number, utc: boolean): DateTime {
    if (utc) return new DateTime(epochMilliseconds)
    return new DateTime(epochMilliseconds - new Date(epochMilliseconds).getTimezoneOffset() * 60_000)
  }

  get microsecond(): number {
    return Math.round((this.milliseconds - Math.floor(this.milliseconds / 1000) * 1000) * 1000)
  }

  /** The fields, to be read with the `getUTC…` methods. */
  get fields(): Date {
    return new Date(Math.floor(this.milliseconds / 1000) * 1000)
  }

  /** Seconds since 1970; a time without an offset is taken as this machine's local time. */
  timestamp(): number {
    if (this.offsetMinutes !== undefined) return (this.milliseconds - this.offsetMinutes * 60_000) / 1000
    const { fields } = this
    const local = new Date(
      fields.getUTCFullYear(),
      fields.getUTCMonth(),
      fields.getUTCDate(),
      fields.getUTCHours(),
      fields.getUTCMinutes(),
      fields.getUTCSeconds(),
    )
    return local.getTime() / 1000 + this.microsecond / 1e6
  }

  isoformat(separator = 'T'): string {
    const fraction = this.microsecond === 0 ? '' : `.${String(this.microsecond).padStart(6, '0')}`
    const offset = this.offsetMinutes === undefined ? '' : formatOffset(this.offsetMinutes, ':')
    return strftime(`%Y-%m-%d${separator}%H:%M:%S`, this) + fraction + offset
  }

  override toString(): string {
    return this.isoformat(' ')
  }
}

/** Python's `timedelta`. */
export class TimeDelta extends Native {
  readonly type = 'timedelta'
  readonly milliseconds: number

  constructor(milliseconds: number) {
    super()
    this.milliseconds = milliseconds
  }

  get days(): number {
    return Math.floor(this.milliseconds / day)
  }

  get seconds(): number {
    return Math.floor((this.milliseconds - this.days * day) / 1000)
  }

  get microseconds(): number {
    return Math.round((this.milliseconds - this.days * day - this.seconds * 1000) * 1000)
  }

  override toString(): string {
    const { days, seconds, microseconds } = this
    const clock = `${Math.floor(seconds / 3600)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`
    const fraction = microseconds === 0 ? '' : `.${String(microseconds).padStart(6, '0')}`
    const prefix = days === 0 ? '' : `${days} day${Math.abs(days) === 1 ? '' : 's'}, `
    return prefix + clock + fraction
  }
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}

export function formatOffset(minutes: number, separator: string): string {
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}${separator}${pad(size % 60)}`
}

export function subtractDates(a: DateTime, b: DateTime): TimeDelta {
  if ((a.offsetMinutes === undefined) !== (b.offsetMinutes === undefined)) {
    throw new Failure('cannot subtract a time with an offset from one without, or the other way round')
  }
  const offset = ((a.offsetMinutes ?? 0) - (b.offsetMinutes ?? 0)) * 60_000
  return new TimeDelta(a.milliseconds - b.milliseconds - offset)
}
