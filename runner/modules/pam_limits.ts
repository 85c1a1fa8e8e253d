import { args, bool, choice, path, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed } from './outcome.ts'
import { attributeArguments } from './support/attributes.ts'
import { editText } from './support/edit-text.ts'
import { contentOf } from './support/reads-later.ts'

const ITEMS = [
  'core',
  'data',
  'fsize',
  'memlock',
  'nofile',
  'rss',
  'stack',
  'cpu',
  'nproc',
  'as',
  'maxlogins',
  'maxsyslogins',
  'priority',
  'locks',
  'sigpending',
  'msgqueue',
  'nice',
  'rtprio',
  'chroot',
] as const

/** @source https://docs.ansible.com/ansible/latest/collections/community/general/pam_limits_module.html */
export default defineModule({
  name: 'pam_limits',
  summary: 'Sets limits of users’ sessions in limits.conf.',
  touches: ['dest'],
  args: args({
    domain: text('Whom it is for: a user, @group, a wildcard.'),
    limit_type: choice(['hard', 'soft', '-'], 'Which limit; - for both.'),
    limit_item: choice(ITEMS, 'What is limited.'),
    value: text('The limit: a number, or unlimited, infinity, -1.'),
    use_max: bool('A higher limit that is there stays.', { default: false }),
    use_min: bool('A lower limit that is there stays.', { default: false }),
    dest: path('The file.', { default: '/etc/security/limits.conf' }),
    comment: text('A comment behind the limit.', { default: '' }),
    backup: bool('Keep the old file beside the new one.', { default: false }),
    ...attributeArguments,
  }),
  readsLater: ({ dest }) => contentOf(dest),
  plan: (given, planning) => {
    const { value, use_max, use_min, dest, limit_item } = given
    if (use_max && use_min) return failed('Cannot use use_min and use_max at the same time.')
    const lowest = limit_item === 'nice' || limit_item === 'priority' ? -20 : 0
    if (!isEndless(value) && !(/^-?\d+$/.test(value) && Number(value) >= lowest))
      return failed(
        `Argument 'value' can be one of 'unlimited', 'infinity', '-1' or a number from ${lowest} on, not '${value}'.`,
      )
    return editText({ ...given, path: dest, create: true }, planning, (before) => {
      const text = withLimit(before ?? '', given)
      return {
        text: text === (before ?? '') ? null : text,
        result: { msg: lineOf(given, value).trimEnd() },
      }
    })
  },
})

interface Limit {
  readonly domain: string
  readonly limit_type: string
  readonly limit_item: string
  readonly value: string
  readonly use_max: boolean
  readonly use_min: boolean
  readonly comment: string
}

function withLimit(text: string, limit: Limit): string {
  const lines = text.split(/(?<=\n)/)
  let there = false
  const kept = lines.flatMap((line) => {
    const [domain, type, item, value, ...more] = line.replace(/#.*/s, '').trim().split(/\s+/)
    if (value === undefined || more.length > 0) return [line]
    if (domain !== limit.domain || type !== limit.limit_type || item !== limit.limit_item) return [line]
    // One that is there twice is left once.
    if (there) return []
    there = true
    const wanted = chosen(value, limit)
    return wanted === value ? [line] : [lineOf(limit, wanted)]
  })
  if (there) return kept.join('')
  const end = text === '' || text.endsWith('\n') ? '' : '\n'
  return `${text}${end}${lineOf(limit, limit.value)}`
}

function chosen(now: string, { value, use_max, use_min }: Limit): string {
  if (!use_max && !use_min) return value
  const size = (each: string) => (isEndless(each) ? Infinity : Number(each))
  return size(now) > size(value) === use_max ? now : value
}

function isEndless(value: string): boolean {
  return ['unlimited', 'infinity', '-1'].includes(value)
}

function lineOf({ domain, limit_type, limit_item, comment }: Limit, value: string): string {
  return `${[domain, limit_type, limit_item, value, ...(comment === '' ? [] : [`# ${comment}`])].join('\t')}\n`
}
