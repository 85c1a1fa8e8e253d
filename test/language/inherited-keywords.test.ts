import { expect, test } from 'vitest'
import { KEYWORDS, type Place } from '../../runner/source/keywords.ts'
import { play, type PlayOptions } from '../engine/play.ts'

type Fields = Readonly<Record<string, unknown>>

/** A keyword that may stand in several places, and tasks whose results tell that it holds for them. */
interface Inherited {
  readonly value: unknown
  /** The first of them has the keyword where a task has it. */
  readonly tasks: readonly Fields[]
  readonly hosts?: readonly string[]
  /** Variables of all hosts. */
  readonly vars?: Fields
  readonly flags?: Partial<PlayOptions>
  readonly lines: readonly string[]
}

const tell = (expression: string) => ({ name: 'told', debug: { msg: `{{ ${expression} }}` } })
const UNREACHABLE = {
  ansible_connection: 'ssh',
  ansible_user: 'me',
  ansible_host: '127.0.0.1',
  ansible_port: 1,
}
const REFUSED = 'connection refused; is sshd running there, and ansible_port the right one?'
/** Stands in for sudo: says in variables how it was called. */
const SUDO = `
flags=
while [ "$1" != -- ]; do
  case $1 in -u) user=$2; shift ;; *) flags="$flags$1" ;; esac
  shift
done
shift
BECAME=$user FLAGS=$flags exec "$@"
`
const exe = 'sh {{ playbook_dir }}/sudo'
const say = (variable: string, more: Fields = {}) => [
  { name: 'asked', command: `printenv ${variable}`, changed_when: false, register: 'asked', ...more },
  tell('asked.stdout'),
]

const inherited: Readonly<Record<string, Inherited>> = {
  any_errors_fatal: {
    value: true,
    hosts: ['a', 'b'],
    tasks: [{ name: 'work', fail: { msg: 'no' }, when: "inventory_hostname == 'a'" }, tell('1')],
    lines: ['a failed work: no', 'b skipped work'],
  },
  become: {
    value: true,
    vars: { ansible_become_exe: exe, ansible_become_user: 'somebody' },
    tasks: say('BECAME'),
    lines: ['one ok asked', 'one ok told: somebody'],
  },
  become_user: {
    value: 'somebody',
    vars: { ansible_become_exe: exe, ansible_become: true },
    tasks: say('BECAME'),
    lines: ['one ok asked', 'one ok told: somebody'],
  },
  become_exe: {
    value: exe,
    vars: { ansible_become: true, ansible_become_user: 'somebody' },
    tasks: say('BECAME'),
    lines: ['one ok asked', 'one ok told: somebody'],
  },
  become_flags: {
    value: '-E --login',
    vars: { ansible_become: true, ansible_become_exe: exe, ansible_become_user: 'somebody' },
    tasks: say('FLAGS'),
    lines: ['one ok asked', 'one ok told: -E--login-n'],
  },
  become_method: {
    value: 'doas',
    vars: { ansible_become: true, ansible_become_exe: exe, ansible_become_user: 'somebody' },
    tasks: say('FLAGS'),
    lines: ['one ok asked', 'one ok told: -n'],
  },
  check_mode: {
    value: true,
    tasks: [
      { name: 'work', copy: { content: 'x', dest: '{{ playbook_dir }}/made' } },
      tell("(playbook_dir ~ '/made') is exists"),
    ],
    lines: ['one changed work', 'one ok told: false'],
  },
  collections: {
    value: ['community.general'],
    tasks: [{ name: 'work', debug: {} }],
    lines: ['one ok work: Hello world!'],
  },
  connection: {
    value: 'local',
    vars: { ...UNREACHABLE, ansible_connection: undefined },
    tasks: [{ name: 'work', command: 'true' }],
    lines: ['one changed work'],
  },
  debugger: {
    value: 'never',
    tasks: [{ name: 'work', fail: { msg: 'no' } }],
    lines: ['one failed work: no'],
  },
  diff: {
    value: false,
    tasks: [{ name: 'work', copy: { content: 'x', dest: '{{ playbook_dir }}/made' } }],
    lines: ['one changed work'],
  },
  environment: {
    value: { COLOUR: 'red' },
    tasks: say('COLOUR'),
    lines: ['one ok asked', 'one ok told: red'],
  },
  ignore_errors: {
    value: true,
    tasks: [{ name: 'work', fail: { msg: 'no' } }, tell('1')],
    lines: ['one failed work: no', 'one ok told: 1'],
  },
  ignore_unreachable: {
    value: true,
    vars: UNREACHABLE,
    tasks: [{ name: 'work', command: 'true' }, tell('1')],
    lines: [`one unreachable work: cannot connect to me@127.0.0.1:1: ${REFUSED}`, 'one ok told: 1'],
  },
  module_defaults: {
    value: { debug: { msg: 'by default' } },
    tasks: [{ name: 'work', debug: {} }],
    lines: ['one ok work: by default'],
  },
  no_log: {
    value: true,
    tasks: [{ name: 'work', debug: { msg: 'unheard' } }],
    lines: ['one ok work'],
  },
  port: {
    value: 2,
    vars: { ...UNREACHABLE, ansible_port: undefined },
    tasks: [{ name: 'work', command: 'true' }],
    lines: [`one unreachable work: cannot connect to me@127.0.0.1:2: ${REFUSED}`],
  },
  remote_user: {
    value: 'me',
    vars: { ...UNREACHABLE, ansible_user: undefined },
    tasks: [{ name: 'work', command: 'true' }],
    lines: [`one unreachable work: cannot connect to me@127.0.0.1:1: ${REFUSED}`],
  },
  run_once: {
    value: true,
    hosts: ['a', 'b'],
    tasks: [{ name: 'work', debug: {} }],
    lines: ['a ok work: Hello world!'],
  },
  throttle: {
    value: 1,
    hosts: ['a', 'b'],
    vars: { lock: '{{ playbook_dir }}/lock' },
    tasks: [{ name: 'work', shell: 'mkdir {{ lock }} && sleep 0.05 && rmdir {{ lock }}' }],
    lines: ['a changed work', 'b changed work'],
  },
  timeout: {
    value: 1,
    tasks: [{ name: 'work', command: 'sleep 20' }],
    lines: [
      'one failed work: The command action failed to execute in the expected time frame (1) and was terminated',
    ],
  },
  vars: {
    value: { colour: 'red' },
    tasks: [tell('colour')],
    lines: ['one ok told: red'],
  },
  when: {
    value: 'false',
    tasks: [{ name: 'work', debug: {} }],
    lines: ['one skipped work'],
  },
  delegate_to: {
    value: 'other',
    hosts: ['one', 'other'],
    tasks: [tell('ansible_delegated_vars.keys() | list')],
    lines: ['one ok told: ["other"]'],
  },
  delegate_facts: {
    value: true,
    hosts: ['one', 'other'],
    tasks: [
      { name: 'work', set_fact: { colour: 'red' }, delegate_to: 'other' },
      tell("[hostvars['other'].colour, colour is defined]"),
    ],
    lines: ['one ok work', 'one ok told: ["red",false]'],
  },
  action: {
    value: 'debug msg=hello',
    tasks: [{ name: 'work' }],
    lines: ['one ok work: hello'],
  },
  local_action: {
    value: { module: 'command', cmd: 'true' },
    vars: UNREACHABLE,
    tasks: [{ name: 'work' }],
    lines: ['one changed work'],
  },
  args: {
    value: { msg: 'hello' },
    tasks: [{ name: 'work', debug: null }],
    lines: ['one ok work: hello'],
  },
  register: {
    value: 'found',
    tasks: [{ name: 'work', command: 'echo hello' }, tell('found.stdout')],
    lines: ['one changed work', 'one ok told: hello'],
  },
  changed_when: {
    value: ["'x' in found.stdout", true],
    tasks: [{ name: 'work', command: 'echo hello', register: 'found' }],
    lines: ['one ok work'],
  },
  failed_when: {
    value: 'found.rc != 3',
    tasks: [{ name: 'work', command: 'sh -c "exit 3"', register: 'found' }],
    lines: ['one changed work: non-zero return code'],
  },
  loop: {
    value: [1, '{{ 1 + 1 }}'],
    tasks: [
      { name: 'work', debug: { msg: '{{ item }}' }, register: 'found' },
      tell("found.results | map(attribute='msg')"),
    ],
    lines: ['one ok work: All items completed', 'one ok told: [1,2]'],
  },
  loop_control: {
    value: { loop_var: 'each' },
    tasks: [{ name: 'work', debug: { msg: '{{ each }}' }, loop: [1] }],
    lines: ['one ok work: All items completed'],
  },
  until: {
    value: 'found.stdout | int > 1',
    tasks: [
      {
        name: 'work',
        shell: 'echo >> {{ playbook_dir }}/n; wc -l < {{ playbook_dir }}/n',
        register: 'found',
        delay: 0,
      },
      tell('found.attempts'),
    ],
    lines: ['one changed work', 'one ok told: 2'],
  },
  retries: {
    value: 2,
    tasks: [
      {
        name: 'work',
        command: 'false',
        until: 'found is success',
        delay: 0,
        register: 'found',
        ignore_errors: true,
      },
      tell('found.attempts'),
    ],
    lines: ['one failed work: non-zero return code', 'one ok told: 2'],
  },
  delay: {
    value: 0.01,
    tasks: [
      {
        name: 'work',
        command: 'false',
        until: 'found is success',
        retries: 1,
        register: 'found',
        ignore_errors: true,
      },
      tell('found.attempts'),
    ],
    lines: ['one failed work: non-zero return code', 'one ok told: 1'],
  },
  async: {
    value: 20,
    tasks: [{ name: 'work', command: 'echo hello', poll: 1, register: 'found' }, tell('found.stdout')],
    lines: ['one changed work', 'one ok told: hello'],
  },
  poll: {
    value: 0,
    tasks: [{ name: 'work', command: 'true', async: 20, register: 'found' }, tell('found is started')],
    lines: ['one changed work', 'one ok told: true'],
  },
  notify: {
    value: 'heard',
    tasks: [{ name: 'work', command: 'true' }],
    lines: ['one changed work', 'one ok heard: Hello world!'],
  },
}

/** Keywords that stand in several places and mean something of their own in each, with their tests elsewhere. */
const OTHERWISE = ['name', 'tags']
const PLACES: readonly Place[] = ['play', 'role', 'block', 'task', 'handler']
const OF_SEVERAL = Object.keys(KEYWORDS).filter(
  (name) => KEYWORDS[name]!.on.filter((place) => PLACES.includes(place)).length > 1,
)

test('every keyword that is inherited has a case', () => {
  expect([...Object.keys(inherited), ...OTHERWISE].toSorted()).toEqual(OF_SEVERAL.toSorted())
})

test.each(Object.keys(inherited))('%s holds for tasks, wherever it may stand', async (keyword) => {
  const { value, tasks, hosts, vars, flags, lines } = inherited[keyword]!
  const places = KEYWORDS[keyword]!.on.filter((place) => PLACES.includes(place))
  const played = await Promise.all(
    places.map(async (place) => {
      const { playbook, files } = playbookWith({ [keyword]: value }, place, tasks)
      const options = { hosts, ...flags, files: { sudo: SUDO, ...files, ...inventoryWith(hosts, vars) } }
      return [place, await play(JSON.stringify(playbook), options)] as const
    }),
  )
  const own = (line: string) => !line.includes(' notifier')
  const said = played.map(([place, { lines }]) => [place, lines.filter(own).toSorted()])
  expect(said).toEqual(places.map((place) => [place, [...lines].toSorted()]))
  if (keyword === 'diff') for (const [, { events }] of played) expect(diffsOf(events)).toEqual([])
})

test('diff: true shows what changes although the command line does not ask for it', async () => {
  const { events } = await play(`
- hosts: all
  gather_facts: false
  tasks: [{ copy: { content: x, dest: "{{ playbook_dir }}/made" }, diff: true }]`)
  expect(diffsOf(events)).toHaveLength(1)
})

function playbookWith(keyword: Fields, place: Place, tasks: readonly Fields[]) {
  const [first, ...others] = tasks
  const whole = [{ ...keyword, ...first }, ...others]
  const heard = { name: 'heard', debug: {} }
  const play: Fields = { hosts: 'all:!other', gather_facts: false, handlers: [heard] }
  const files = { 'roles/r/tasks/main.yml': JSON.stringify(tasks) }
  switch (place) {
    case 'play':
      return { playbook: [{ ...play, ...keyword, tasks }], files: {} }
    case 'role':
      return { playbook: [{ ...play, roles: [{ role: 'r', ...keyword }] }], files }
    case 'block':
      return { playbook: [{ ...play, tasks: [{ ...keyword, block: tasks }] }], files: {} }
    case 'handler': {
      const notify = tasks.map(({ name }) => name)
      const notifier = { name: 'notifier', debug: {}, changed_when: true, notify }
      return { playbook: [{ ...play, tasks: [notifier], handlers: [...whole, heard] }], files: {} }
    }
    default:
      return { playbook: [{ ...play, tasks: whole }], files: {} }
  }
}

function inventoryWith(hosts: readonly string[] = ['one'], vars: Fields = {}) {
  const all = {
    hosts: Object.fromEntries(hosts.map((host) => [host, {}])),
    vars: { ansible_connection: 'local', ...vars },
  }
  return { 'hosts.yml': JSON.stringify({ all }) }
}

function diffsOf(events: readonly Record<string, unknown>[]): unknown[] {
  return events.flatMap((event) => (event['type'] === 'result' ? (event['diff'] as unknown[]) : []))
}
