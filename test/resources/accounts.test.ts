import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { group } from '../../runner/resources/group.ts'
import { user, type User } from '../../runner/resources/user.ts'
import { Unknown } from '../../runner/variables/unknown.ts'

const ANSWER = `root:x:0:0:root:/root:/bin/bash
ada:x:1001:1001:Ada L:/home/ada:/bin/bash
/
root:*:20778:0:99999:7:::
ada:!$6$salt$hash:20778:1:90:7:14:21990:
/
root
ada adm sudo

`

describe('users', () => {
  test('are read by name and by number, with groups and what root alone can see', () => {
    const [root, ada, nobody, byNumber] = user.parse(Buffer.from(ANSWER.replace(/\n\n$/, '\n\nada adm\n')), [
      'root',
      'ada',
      'nosuch',
      '1001',
    ])
    expect(root).toMatchObject({ uid: 0, group: 'root', groups: [], shadow: { hash: '*', expires: null } })
    expect(ada).toEqual({
      name: 'ada',
      uid: 1001,
      gid: 1001,
      group: 'ada',
      groups: ['adm', 'sudo'],
      comment: 'Ada L',
      home: '/home/ada',
      shell: '/bin/bash',
      shadow: { hash: '!$6$salt$hash', minimum: 1, maximum: 90, warning: 7, inactive: 14, expires: 21_990 },
    })
    expect(nobody).toBeNull()
    expect(byNumber?.name).toBe('ada')
  })

  test('of this machine are read by the script', () => {
    const keys = ['nosuch-user', 'root']
    const answer = execFileSync('sh', ['-c', user.read(keys).text], { stdio: ['ignore', 'pipe', 'ignore'] })
    expect(user.parse(answer, keys)).toMatchObject([null, { uid: 0, group: 'root', home: '/root' }])
  })

  const ada: User = {
    name: 'ada',
    uid: 1001,
    gid: 1001,
    group: 'ada',
    groups: ['sudo'],
    comment: '',
    home: '/home/ada',
    shell: '/bin/bash',
    shadow: { hash: '$6$secret', minimum: 0, maximum: 99_999, warning: 7, inactive: null, expires: null },
  }

  test.each<[string, User | null, User | null, boolean]>([
    ['the same', ada, ada, true],
    ['a number that the host chose', { ...ada, uid: new Unknown({ what: 'x' }) }, ada, true],
    ['another shell', { ...ada, shell: '/bin/sh' }, ada, false],
    ['another password', { ...ada, shadow: { ...ada.shadow!, hash: '$6$other' } }, ada, false],
    ['another group', { ...ada, groups: [] }, ada, false],
    ['no user at all', null, ada, false],
  ])('are compared with what was predicted: %s', (_, predicted, observed, expected) => {
    expect(user.matches!(predicted, observed)).toBe(expected)
  })

  test('are described without their hash', () => {
    expect(user.describe!(ada)).not.toContain('secret')
  })
})

describe('groups', () => {
  test('are read by name and by number', () => {
    const answer = Buffer.from('sudo:x:27:ada,debian\nadm:x:4:\n')
    expect(group.parse(answer, ['adm', 'nosuch', '27'])).toEqual([
      { name: 'adm', gid: 4, members: [] },
      null,
      { name: 'sudo', gid: 27, members: ['ada', 'debian'] },
    ])
  })

  test('of this machine are read by the script, missing ones with the others', () => {
    const keys = ['nosuch-group', 'root']
    const answer = execFileSync('sh', ['-c', group.read(keys).text])
    expect(group.parse(answer, keys)).toMatchObject([null, { gid: 0 }])
  })
})
