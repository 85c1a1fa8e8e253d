import { describe, expect, test } from 'vitest'
import { effect } from '../../runner/host/state.ts'
import cron from '../../runner/modules/cron.ts'
import { crontab } from '../../runner/resources/crontab.ts'
import { absentPackage, packageKind } from '../../runner/resources/package.ts'
import type { Dict } from '../../runner/variables/value.ts'
import { type Host, plan, textAfter } from './harness.ts'

const host = (text: string): Host => ({ resources: { 'crontab root': { text } } })

describe('a crontab', () => {
  test.each<[string, string, Dict, string]>([
    [
      'gets a job under its name',
      'MAILTO=""\n',
      { name: 'clean', job: 'clean up', minute: 5, hour: '2,5' },
      'MAILTO=""\n#Ansible: clean\n5 2,5 * * * clean up\n',
    ],
    [
      'gets a job at a special time',
      '',
      { name: 'a', job: 'b', special_time: 'reboot' },
      '#Ansible: a\n@reboot b\n',
    ],
    [
      'keeps a disabled job as a comment',
      '',
      { name: 'a', job: 'b', disabled: true },
      '#Ansible: a\n#* * * * * b\n',
    ],
    [
      'has a job changed in its place',
      '#Ansible: a\n* * * * * old\n* * * * * other\n',
      { name: 'a', job: 'new', weekday: 'mon-fri', month: 'jan' },
      '#Ansible: a\n* * * jan mon-fri new\n* * * * * other\n',
    ],
    [
      'gives a job that is there already its name',
      '* * * * * x\n* * * * * b\n',
      { name: 'a', job: 'b' },
      '* * * * * x\n#Ansible: a\n* * * * * b\n',
    ],
    [
      'loses a job',
      '#Ansible: a\n* * * * * b\n#Ansible: ab\n* * * * * c\n',
      { name: 'a', state: 'absent' },
      '#Ansible: ab\n* * * * * c\n',
    ],
    [
      'gets a variable on top',
      '* * * * * b\n',
      { name: 'PATH', job: '/bin', env: true },
      'PATH="/bin"\n* * * * * b\n',
    ],
    [
      'gets a variable beside another',
      'A="1"\nC="3"\n',
      { name: 'B', value: 2, env: true, insertafter: 'A' },
      'A="1"\nB="2"\nC="3"\n',
    ],
    ['has a variable changed', 'A="1"\n', { name: 'A', job: '2', env: true }, 'A="2"\n'],
    ['loses a variable', 'A="1"\n* * * * * b\n', { name: 'A', env: true, state: 'absent' }, '* * * * * b\n'],
    [
      'gets the end of its last line',
      '#Ansible: a\n* * * * * b',
      { name: 'a', job: 'b' },
      '#Ansible: a\n* * * * * b\n',
    ],
  ])('%s', (_, before, args, after) => {
    const planned = plan(cron, args, host(before))
    expect(planned.state.read(crontab, 'root')).toEqual({ text: after })
    expect(planned.outcome).toMatchObject({ payload: Buffer.from(after) })
    expect(planned.again()).toMatchObject({ type: 'unchanged' })
  })

  test("another user's is named to crontab, one's own is not", () => {
    const other = plan(
      cron,
      { name: 'a', job: 'b', user: 'deploy' },
      { resources: { 'crontab deploy': { text: '' } } },
    )
    expect(other.outcome).toMatchObject({ script: { text: "LC_ALL=C crontab '-u' deploy -" } })
    const own = plan(cron, { name: 'a', job: 'b', user: 'root' }, host(''))
    expect(own.outcome).toMatchObject({ script: { text: 'LC_ALL=C crontab  -' } })
  })

  test('the result names jobs and variables', () => {
    const { outcome } = plan(cron, { name: 'a', job: 'b' }, host('X="1"\n#Ansible: c\n* * * * * d\n'))
    expect(outcome).toMatchObject({ result: { jobs: ['c', 'a'], envs: ['X'] } })
  })

  test('a backup is named by the real run', () => {
    const { outcome } = plan(cron, { name: 'a', job: 'b', backup: true }, host(''))
    if (outcome.type !== 'change') throw new Error(outcome.type)
    const answer = { status: 0, stdout: Buffer.from('/tmp/crontabX\n'), stderr: Buffer.alloc(0) }
    expect(outcome.finish!(answer)).toEqual({ backup_file: '/tmp/crontabX' })
  })
})

describe('a file of /etc/cron.d', () => {
  const file = '/etc/cron.d/jobs'

  test('names the user in each line', () => {
    const args = { name: 'a', job: 'b', user: 'deploy', cron_file: 'jobs', special_time: 'daily' }
    const planned = plan(cron, args, { files: { '/etc/cron.d/other': '' } })
    expect(textAfter(planned, file)).toBe('#Ansible: a\n@daily deploy b\n')
    expect(planned.files.stat(file).status).toMatchObject({ mode: 0o644 })
    expect(planned.again()).toMatchObject({ type: 'unchanged' })
  })

  test('goes with its last job', () => {
    const args = { name: 'a', state: 'absent', cron_file: 'jobs' }
    const planned = plan(cron, args, { files: { [file]: '#Ansible: a\n* * * * * root b\n' } })
    expect(planned.files.exists(file)).toBe(false)
    expect(planned.again()).toMatchObject({ type: 'unchanged' })
  })
})

describe('without cron', () => {
  const none: Host = { resources: { 'crontab root': null } }

  test('a task fails', () => {
    expect(plan(cron, { name: 'a', job: 'b' }, none).outcome).toMatchObject({ type: 'failed' })
  })

  test('a task after one that would install it starts from nothing', () => {
    const predicted = [effect(packageKind, 'cron', { ...absentPackage, status: 'installed' as const })]
    const planned = plan(cron, { name: 'a', job: 'b' }, { ...none, predicted })
    expect(planned.state.read(crontab, 'root')).toEqual({ text: '#Ansible: a\n* * * * * b\n' })
  })
})

test.each<[Dict, string]>([
  [{ name: 'a', job: 'b', minute: 60 }, "bad minute '60'"],
  [{ name: 'a', job: 'b', weekday: 'monday' }, "bad weekday 'monday'"],
  [{ name: 'a', job: 'b', hour: '1-' }, "bad hour '1-'"],
  [{ name: 'a', job: 'b', hour: 1, special_time: 'daily' }, 'time and date fields or special time'],
  [{ name: 'a' }, "must specify 'job'"],
  [{ name: 'a', job: 'b', cron_file: 'x' }, 'must specify user'],
  [{ name: 'a b', job: 'b', env: true }, 'Invalid name'],
  [{ name: 'a', job: 'b', cron_file: '/etc/crontab' }, 'Will not manage'],
  [{ name: 'a', job: 'b', env: true, insertafter: 'X' }, "Variable named 'X' not found."],
])('%o is refused', (args, msg) => {
  expect(plan(cron, args, host('')).outcome).toMatchObject({ result: { msg: expect.stringContaining(msg) } })
})

test.each<[string, string, unknown]>([
  [
    'the lines that cron shows on top itself are left out',
    '+# DO NOT EDIT THIS FILE - edit the master and reinstall.\n# (- installed on Sat)\n# (Cron version -- x)\n# mine\n\x000\0\0',
    { text: '# mine\n' },
  ],
  ['no crontab is an empty one', '+\x001\0no crontab for root\0', { text: '' }],
  [
    'a user who may not',
    '+\x001\0you (x) are not allowed to use this program\0',
    { text: '', refused: 'you (x) are not allowed to use this program' },
  ],
  ['no cron', '-\0\0\0', null],
])('an answer says: %s', (_, answer, value) => {
  expect(crontab.parse(Buffer.from(answer), ['root'])).toEqual([value])
})
