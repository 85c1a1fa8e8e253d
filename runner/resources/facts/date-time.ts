import { sh } from '../../transport/shell.ts'
import type { Dict } from '../../variables/value.ts'
import type { Collector } from './collector.ts'

/** The host's clock and time zone, every field as text as Ansible has it. */
export const dateTime: Collector = {
  name: 'date_time',
  minimal: true,
  // The zone's names in January and July as well: one of them is that of summer time.
  commands: {
    date: sh`LC_ALL=C date '+%Y %m %d %H %M %S %s %N %A %w %W %z %Z'; printf '@1704067200\n@1719792000\n' | date -f - +%Z`,
  },
  facts: (evidence): Dict => {
    const [now = '', january = '', july = ''] = evidence.output('date').trim().split('\n')
    const [year, month, day, hour, minute, second, epoch, nano, weekday, number, week, offset, zone] =
      now.split(' ')
    if (zone === undefined) return {}
    const micro = nano!.slice(0, 6)
    const utc = new Date(Number(epoch) * 1000).toISOString().replace(/\.\d+Z$/, '')
    const basic = `${year}${month}${day}T${hour}${minute}${second}`
    return {
      date_time: {
        year: year!,
        month: month!,
        day: day!,
        weekday: weekday!,
        weekday_number: number!,
        weeknumber: week!,
        hour: hour!,
        minute: minute!,
        second: second!,
        epoch: epoch!,
        epoch_int: epoch!,
        date: `${year}-${month}-${day}`,
        time: `${hour}:${minute}:${second}`,
        iso8601: `${utc}Z`,
        iso8601_micro: `${utc}.${micro}Z`,
        iso8601_basic: `${basic}${micro}`,
        iso8601_basic_short: basic,
        tz: zone,
        tz_dst: [january, july].find((name) => name && name !== zone) ?? zone,
        tz_offset: offset!,
      },
    }
  },
}
