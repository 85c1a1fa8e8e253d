import { posix } from 'node:path'
import { absentEffects } from '../host/files.ts'
import { effect } from '../host/state.ts'
import { crontab } from '../resources/crontab.ts'
import { packageKind } from '../resources/package.ts'
import { user as userKind } from '../resources/user.ts'
import { joinScripts, type Script, sh } from '../transport/shell.ts'
import { Unknown } from '../variables/unknown.ts'
import { type Arguments, args, bool, choice, optional, path, raw, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { type Change, change, failed, type ModuleResult, type Outcome, unchanged } from './outcome.ts'
import { badTime, namesIn, withJob, withoutJob, withoutVariable, withVariable } from './support/cron-lines.ts'
import { placeFile } from './support/place-file.ts'

const schema = args({
  name: text('What the job is called, or the variable.'),
  job: optional(raw('The command, or the value of the variable.', { aliases: ['value'] })),
  state: choice(['present', 'absent'], 'Whether it is to be there.', { default: 'present' }),
  user: optional(text("Whose crontab; in a `cron_file`, who the job runs as. The task's user by default.")),
  cron_file: optional(path('A file of /etc/cron.d, or an absolute path, instead of a crontab.')),
  minute: text('0 to 59, *, */2 …', { default: '*' }),
  hour: text('0 to 23, *, */2 …', { default: '*' }),
  day: text('Day of the month: 1 to 31, *, */2 …', { default: '*', aliases: ['dom'] }),
  month: text('1 to 12, *, */2 …, or a name.', { default: '*' }),
  weekday: text('0 to 6 from Sunday on, *, or a name.', { default: '*', aliases: ['dow'] }),
  special_time: optional(
    choice(
      ['annually', 'daily', 'hourly', 'monthly', 'reboot', 'weekly', 'yearly'],
      'A time in a word, instead of the fields.',
    ),
  ),
  disabled: bool('Keep the job as a comment.', { default: false }),
  env: bool('It is a variable, not a job.', { default: false }),
  insertafter: optional(text('A new variable goes after this one.')),
  insertbefore: optional(text('A new variable goes before this one.')),
  backup: bool('Keep what was there before in a file in /tmp.', { default: false }),
})

type Given = Arguments<typeof schema>

export default defineModule({
  name: 'cron',
  summary: "Manages jobs and variables in users' crontabs and in /etc/cron.d.",
  args: schema,
  reads: ({ cron_file, user }) =>
    cron_file === undefined && user !== undefined ? [{ kind: crontab, key: user }] : [],
  plan: (given, planning) => {
    const wrong = misused(given)
    if (wrong !== undefined) return failed(wrong)
    return given.cron_file === undefined ? inCrontab(given, planning) : inFile(given, planning)
  },
})

function misused(given: Given): string | undefined {
  const { state, cron_file, user, job, special_time, env, insertafter, insertbefore } = given
  const times = [given.minute, given.hour, given.day, given.month, given.weekday]
  if (insertafter !== undefined && insertbefore !== undefined)
    return "'insertafter' and 'insertbefore' exclude each other"
  if (cron_file === '/etc/crontab') return 'Will not manage /etc/crontab via cron_file, see documentation.'
  if (special_time !== undefined && times.some((each) => each !== '*'))
    return 'You must specify time and date fields or special time.'
  if (env && given.name.includes(' ')) return 'Invalid name for environment variable'
  if (state === 'absent') return undefined
  if (cron_file !== undefined && user === undefined)
    return 'To use cron_file=... parameter you must specify user=... as well'
  if (job === undefined) return "You must specify 'job' to install a new cron job or variable"
  if ((insertafter !== undefined || insertbefore !== undefined) && !env)
    return 'Insertafter and insertbefore parameters are valid only with env=yes'
  return env ? undefined : badTime(given)
}

function inCrontab(given: Given, planning: Planning): Outcome {
  const self = planning.identity().user
  const user = given.user ?? self
  const current = readCrontab(user, planning)
  if (!current) return failed('Failed to find required executable "crontab": install cron first')
  if ('refused' in current && current.refused !== undefined) return failed(current.refused)
  const after = edited(current.text, given)
  if (after === undefined) return unchanged(resultOf(current.text, given))
  // Only root may name a user, be it itself.
  const whose = user === self ? [] : ['-u', user]
  return withBackup(
    given,
    sh`crontab ${whose} -l 2>/dev/null || :`,
    change({
      diff: [
        {
          path: `crontab of ${user}`,
          before: current.text === '' ? null : current.text,
          after,
        },
      ],
      script: sh`LC_ALL=C crontab ${whose} -`,
      payload: Buffer.from(after),
      after: [effect(crontab, user, { text: after })],
      result: resultOf(after, given),
    }),
  )
}

/** A crontab, an empty one where cron or the user is only about to be there. */
function readCrontab(user: string, { state }: Planning) {
  const current = state.read(crontab, user)
  if (current === null) {
    const cron = state.predicted(packageKind, 'cron')
    return cron !== undefined && !(cron instanceof Unknown) && cron.status === 'installed'
      ? { text: '' }
      : null
  }
  const isNew = current.refused !== undefined && state.predicted(userKind, user) != null
  return isNew ? { text: '' } : current
}

function inFile(given: Given, planning: Planning): Outcome {
  const file = posix.resolve('/etc/cron.d', given.cron_file!)
  const bytes = planning.files.read(file)
  const before = bytes?.toString('utf8') ?? ''
  const after = edited(before, given)
  if (after === undefined) return unchanged(resultOf(before, given))
  const keep = sh`cat -- ${file} 2>/dev/null || :`
  if (after === '' && given.state === 'absent' && !given.env) {
    if (bytes === null) return unchanged(resultOf(before, given))
    return withBackup(
      given,
      keep,
      change({
        diff: [{ path: file, before, after: null }],
        script: sh`rm -f -- ${file}`,
        after: absentEffects(file),
        result: resultOf('', given),
      }),
    )
  }
  const placed = placeFile(
    {
      path: file,
      bytes: Buffer.from(after),
      attributes: bytes === null ? { mode: '0644' } : {},
      follow: true,
    },
    planning,
  )
  if (placed.type !== 'change') return placed
  return withBackup(given, keep, { ...placed, result: resultOf(after, given) })
}

/** The text with what is wanted in it; undefined when it is so already. */
function edited(text: string, given: Given): string | undefined {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const after = editLines(lines, given)
  // cron does not read a last line that has no end.
  if (after === undefined) return text === '' || text.endsWith('\n') ? undefined : `${text}\n`
  const joined = after.join('\n').replace(/[\r\n]+$/, '')
  return joined === '' ? '' : `${joined}\n`
}

function editLines(lines: readonly string[], given: Given): readonly string[] | undefined {
  const { name, state, env } = given
  if (env)
    return state === 'present'
      ? withVariable(lines, name, String(given.job), given)
      : withoutVariable(lines, name)
  return state === 'present' ? withJob(lines, name, jobLine(given)) : withoutJob(lines, name)
}

function jobLine(given: Given): string {
  const { minute, hour, day, month, weekday, special_time, disabled, cron_file, user } = given
  const time = special_time === undefined ? [minute, hour, day, month, weekday] : [`@${special_time}`]
  const job = String(given.job).replace(/^[\r\n]+|[\r\n]+$/g, '')
  return `${disabled ? '#' : ''}${[...time, ...(cron_file === undefined ? [] : [user!]), job].join(' ')}`
}

function resultOf(text: string, { cron_file }: Given): ModuleResult {
  return { ...namesIn(text.split('\n')), ...(cron_file === undefined ? {} : { cron_file }) }
}

function withBackup({ backup }: Given, keep: Script, outcome: Change): Change {
  if (!backup) return outcome
  return {
    ...outcome,
    script: joinScripts([
      sh`saved=$(mktemp /tmp/crontabXXXXXXXX) || exit
{ ${keep}; } </dev/null >"$saved"; echo "$saved"`,
      outcome.script,
    ]),
    result: { ...outcome.result, backup_file: new Unknown({ what: 'the name of the backup' }) },
    finish: ({ stdout }) => ({ backup_file: stdout.toString('utf8').split('\n')[0]! }),
  }
}
