import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { rehearseLocally } from './rehearse-local.ts'

const [me, mine] = ['-un', '-gn'].map((flag) => execFileSync('id', [flag]).toString().trim())

interface Found {
  readonly name: string
  /** Shell code, run in an empty directory. */
  readonly before?: string
  /** Tasks, the module first, whose paths are relative to that directory. */
  readonly tasks: readonly Record<string, unknown>[]
  /** Numbers of the tasks that only a real run can tell, from 0 on. */
  readonly unknown?: readonly number[]
}

// What generated plays have found, cut down to what it takes.
const found: readonly Found[] = [
  {
    name: 'a directory removed with what was written into it is no misprediction',
    before: 'mkdir d',
    tasks: [
      { copy: { dest: 'd/x', content: 'x\n' } },
      { file: { path: 'd', state: 'absent' } },
      { stat: { path: 'd/x' } },
    ],
  },
  {
    name: 'a file removed after it was written is no misprediction',
    tasks: [{ copy: { dest: 'x', content: 'x\n' } }, { file: { path: 'x', state: 'absent' } }],
  },
  {
    name: 'touch with a mode keeps the mode',
    before: 'mkdir d; chmod 2775 d',
    tasks: [
      { file: { path: 'd', state: 'touch', mode: '0755' } },
      { file: { path: 'd', state: 'directory', mode: 'u+x' } },
      { stat: { path: 'd' } },
    ],
  },
  {
    name: 'touching a directory that the run made keeps what is in it',
    tasks: [
      { file: { path: 'd/e', state: 'directory' } },
      { file: { path: 'd', state: 'touch', mode: '0700' } },
      { stat: { path: 'd/e' } },
      { file: { path: 'd/e', mode: '0700' } },
    ],
  },
  {
    name: 'attributes of a directory that the run made change without what is in it',
    tasks: [
      { file: { path: 'd', state: 'directory' } },
      { copy: { dest: 'd/x', content: 'x\n' } },
      { file: { path: 'd', mode: 'g-r,o=' } },
      { lineinfile: { path: 'd/x', line: 'y' } },
    ],
  },
  {
    name: 'a mode without a set-gid bit takes it from a directory',
    before: 'mkdir d; chmod 2755 d',
    tasks: [{ file: { path: 'd', mode: '0600' } }, { stat: { path: 'd' } }],
  },
  {
    name: 'a hard link has the content and the attributes of its twin',
    before: 'echo one > a',
    tasks: [
      { file: { path: 'b', src: 'a', state: 'hard' } },
      { file: { path: 'b', mode: '0600' } },
      { stat: { path: 'a' } },
      { copy: { dest: 'b', content: 'two\n' } },
      { copy: { dest: 'c', src: 'a', remote_src: true } },
    ],
  },
  {
    name: 'a hard link cannot take the place of a directory, nor stand in a file',
    before: 'mkdir d; echo x > a',
    tasks: [
      { file: { path: 'd', src: 'a', state: 'hard', force: true } },
      { file: { path: 'a/x', src: 'a', state: 'hard' } },
      { file: { path: 'a', src: 'a', state: 'hard', force: true } },
    ],
  },
  {
    name: 'the mode of a link is not set',
    before: 'ln -s missing l',
    tasks: [{ file: { path: 'l', mode: '0600', follow: false } }],
  },
  {
    name: 'a link is not made to itself',
    before: 'echo x > a',
    tasks: [{ file: { path: 'a', src: 'a', state: 'link', force: true } }, { slurp: { src: 'a' } }],
  },
  {
    name: 'what is made in a directory changes its times',
    before: 'mkdir d; touch -d 2020-01-01 d',
    tasks: [{ stat: { path: 'd' } }, { copy: { dest: 'd/x', content: 'x\n' } }, { stat: { path: 'd' } }],
  },
  {
    name: 'a command that names a path through a link may have changed where it leads',
    before: 'mkdir d; echo x > d/x; ln -s d l',
    tasks: [
      { shell: { cmd: 'echo y >> ROOT/l/x' } },
      { lineinfile: { path: 'd/x', line: 'y' } },
      // Where its failure is the end, what comes after it comes when the file is there.
      {
        copy: { dest: 'd/x', content: 'z\n', mode: '0644', owner: me, group: mine },
        ignore_errors: undefined,
      },
      { lineinfile: { path: 'd/x', line: 'y' } },
    ],
    unknown: [0, 1, 2],
  },
  {
    name: 'a link in the place of what a command may have made',
    before: 'mkdir d',
    tasks: [
      { shell: { cmd: 'echo y >> ROOT/n' } },
      { file: { path: 'n', src: 'd', state: 'link', force: true } },
    ],
    unknown: [0, 1],
  },
  {
    name: 'a file that validate may refuse is not taken to be written',
    tasks: [
      { copy: { dest: 'other', content: 'x\n' } },
      { copy: { dest: 'x', content: 'two\n', validate: 'grep -q one %s' } },
      { file: { path: 'x', mode: '0600' } },
    ],
    unknown: [1, 2],
  },
  {
    name: 'that two names are hard links of what the run wrote is known',
    tasks: [
      { copy: { dest: 'a', content: 'x\n' } },
      { file: { path: 'b', src: 'a', state: 'hard' } },
      { file: { path: 'a', src: 'b', state: 'hard' } },
    ],
  },
  {
    name: 'a change of the mode alone is seen under every name of a file',
    before: 'echo x > a; ln a b',
    tasks: [{ copy: { dest: 'a', content: 'x\n', mode: '0600' } }, { stat: { path: 'b' } }],
  },
  {
    name: 'a touch is seen under every name of a file',
    before: 'echo x > a; ln a b; touch -d 2020-01-01 a',
    tasks: [{ stat: { path: 'b' } }, { file: { path: 'a', state: 'touch' } }, { stat: { path: 'b' } }],
  },
  {
    name: 'a task that cannot be told may have made the directories on the way',
    tasks: [
      { command: { cmd: 'touch ROOT/d/e', creates: 'ROOT/d/e' } },
      { lineinfile: { path: 'd/e', line: 'x', create: true } },
      { stat: { path: 'd' } },
      { copy: { dest: 'd/y', content: 'y\n' } },
    ],
    unknown: [0, 1, 2, 3],
  },
  {
    name: 'what may have been made in a directory may have changed its times',
    before: 'mkdir d; touch -d 2020-01-01 d',
    tasks: [{ shell: { cmd: 'echo y >> ROOT/d/x' } }, { stat: { path: 'd' } }],
    unknown: [0],
  },
  {
    name: 'where a failure is forgiven, a file whose fate is open may be missing',
    tasks: [
      { command: { cmd: 'touch ROOT/d/x', creates: 'ROOT/d/x' } },
      { copy: { dest: 'd/e', content: 'x\n', mode: '0644', owner: me, group: mine } },
      { command: { cmd: 'touch ROOT/d/e', creates: 'ROOT/d/e' } },
    ],
    unknown: [0, 1, 2],
  },
  {
    name: 'what `creates` names is made, though nothing is reported of it',
    tasks: [
      { command: { cmd: 'touch ROOT/m', creates: 'ROOT/m' }, changed_when: false },
      { slurp: { src: 'm' } },
    ],
    unknown: [0, 1],
  },
  {
    name: 'what plainly writes changes something, though nothing is reported of it',
    before: 'echo x > a; echo x > b',
    tasks: [
      { shell: { cmd: 'echo y >> ROOT/a' }, changed_when: false },
      { command: { cmd: 'rm ROOT/b' }, changed_when: false },
      { slurp: { src: 'a' } },
      { stat: { path: 'b' } },
    ],
    unknown: [0, 1, 2, 3],
  },
  {
    name: 'a file whose content is open takes the place of a link',
    before: 'ln -s missing m',
    tasks: [
      { command: { cmd: 'true' }, register: 'done' },
      { copy: { dest: 'm', content: '{{ done.changed }}\n', backup: true } },
      { file: { path: 'm', mode: '0600' } },
    ],
    unknown: [0],
  },
  {
    name: 'a file that validate refuses was beside its place for a moment',
    before: 'mkdir d; touch -d 2020-01-01 d',
    tasks: [
      { copy: { dest: 'd/x', content: 'x\n', validate: 'grep -q one %s' } },
      { stat: { path: 'd' } },
      { stat: { path: 'd/x' } },
    ],
  },
  {
    name: 'a file whose content is open may be refused by validate',
    tasks: [
      { command: { cmd: 'true' }, register: 'done' },
      { copy: { dest: 'm', content: '{{ done.changed }}\n', validate: 'grep -q one %s' } },
      { file: { path: 'm', mode: '0600' } },
    ],
    unknown: [0, 1, 2],
  },
]

describe('a dry run is right about what generated plays have found:', () => {
  const root = mkdtempSync(join(tmpdir(), 'found-'))
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  test.each(found)('$name', async ({ before = 'true', tasks, unknown = [] }) => {
    const verdicts = await rehearseLocally({
      before: `rm -rf ${root}/f; mkdir ${root}/f; cd ${root}/f; ${before}`,
      playbook: playbookOf(tasks, `${root}/f`),
      steps: tasks.length,
    })
    expect(verdicts.map(({ verdict, because }) => because ?? verdict)).toEqual(
      tasks.map((_, index) => (unknown.includes(index) ? 'unknown' : 'exact')),
    )
  })
})

function playbookOf(tasks: Found['tasks'], root: string): string {
  const written = tasks.map((task) => {
    const [[action, args], ...keywords] = Object.entries(task) as [[string, Record<string, unknown>]]
    const placed = Object.entries(args).map(([name, value]) => [
      name,
      typeof value !== 'string'
        ? value
        : ['path', 'dest'].includes(name) || (name === 'src' && args['state'] !== 'link')
          ? join(root, value)
          : value.replaceAll('ROOT', root),
    ])
    return {
      name: action,
      [action]: Object.fromEntries(placed),
      ignore_errors: true,
      ...Object.fromEntries(keywords),
    }
  })
  return `- hosts: all\n  gather_facts: false\n  tasks:\n${written.map((each) => `    - ${JSON.stringify(each)}\n`).join('')}`
}
