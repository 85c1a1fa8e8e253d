import type { DateTime } from './datetime.ts'

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
export const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** C's `strftime` in the C locale. Unknown directives stay as they are. */
export function strftime(format: string, time: DateTime): string {
  return format.replace(/%[-_0]?([A-Za-z%])/g, (whole, directive: string) => {
    const text = field(directive, time)
    if (text === undefined) return whole
    if (whole.length === 2) return text
    const bare = text.replace(/^[0 ]+(?=\d)/, '')
    if (whole[1] === '-') return bare
    return whole[1] === '_' ? bare.padStart(text.length, ' ') : bare.padStart(text.length, '0')
  })
}

function field(directive: string, time: DateTime): string | undefined {
  const date = time.fields
  const hour = date.getUTCHours()
  const weekday = date.getUTCDay()
  const yearDay = Math.floor(
    (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) -
      Date.UTC(date.getUTCFullYear(), 0, 1)) /
      86_400_000,
  )
  switch (directive) {
    case 'Y':
      return String(date.getUTCFullYear())
    case 'C':
      return pad(Math.floor(date.getUTCFullYear() / 100))
    case 'y':
      return pad(date.getUTCFullYear() % 100)
    case 'm':
      return pad(date.getUTCMonth() + 1)
    case 'd':
      return pad(date.getUTCDate())
    case 'e':
      return pad(date.getUTCDate(), 2, ' ')
    case 'H':
      return pad(hour)
    case 'k':
      return pad(hour, 2, ' ')
    case 'I':
      return pad(hour % 12 || 12)
    case 'l':
      return pad(hour % 12 || 12, 2, ' ')
    case 'M':
      return pad(date.getUTCMinutes())
    case 'S':
      return pad(date.getUTCSeconds())
    case 'f':
      return pad(time.microsecond, 6)
    case 'p':
      return hour < 12 ? 'AM' : 'PM'
    case 'P':
      return hour < 12 ? 'am' : 'pm'
    case 'a':
      return weekdays[weekday]!.slice(0, 3)
    case 'A':
      return weekdays[weekday]!
    case 'b':
    case 'h':
      return months[date.getUTCMonth()]!.slice(0, 3)
    case 'B':
      return months[date.getUTCMonth()]!
    case 'j':
      return pad(yearDay + 1, 3)
    case 'u':
      return String(weekday || 7)
    case 'w':
      return String(weekday)
    case 'U':
      return pad(Math.floor((yearDay + 7 - weekday) / 7))
    case 'W':
      return pad(Math.floor((yearDay + 7 - ((weekday + 6) % 7)) / 7))
    case 'V':
      return pad(isoWeek(date).week)
    case 'G':
      return String(isoWeek(date).year)
    case 'g':
      return pad(isoWeek(date).year % 100)
    case 'F':
      return join(time, ['Y', '-', 'm', '-', 'd'])
    case 'T':
    case 'X':
      return join(time, ['H', ':', 'M', ':', 'S'])
    case 'R':
      return join(time, ['H', ':', 'M'])
    case 'r':
      return join(time, ['I', ':', 'M', ':', 'S', ' ', 'p'])
    case 'D':
    case 'x':
      return join(time, ['m', '/', 'd', '/', 'y'])
    case 'c':
      return join(time, ['a', ' ', 'b', ' ', 'e', ' ', 'T', ' ', 'Y'])
    case 's':
      return String(Math.floor(time.timestamp()))
    case 'z':
      return zone(time)
    case 'Z':
      return time.offsetMinutes === 0 ? 'UTC' : ''
    case 'n':
      return '\n'
    case 't':
      return '\t'
    case '%':
      return '%'
    default:
      return undefined
  }
}

function pad(value: number, length = 2, fill = '0'): string {
  return String(value).padStart(length, fill)
}

function join(time: DateTime, parts: readonly string[]): string {
  return parts.map((part) => (/[A-Za-z]/.test(part) ? field(part, time) : part)).join('')
}

function zone({ offsetMinutes }: DateTime): string {
  if (offsetMinutes === undefined) return ''
  const size = Math.abs(offsetMinutes)
  return `${offsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}${pad(size % 60)}`
}

/** The ISO week that a day is in: the year is that of the week's Thursday. */
function isoWeek(date: Date): { year: number; week: number } {
  const thursday = new Date(date)
  thursday.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7))
  const year = thursday.getUTCFullYear()
  return { year, week: Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / 604_800_000) + 1 }
}
