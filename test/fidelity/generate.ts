import { findModule } from '../../runner/modules/table.ts'

/** A playbook made up by chance, and what stands in its directory before it runs. */
export interface Generated {
  readonly playbook: string
  /** Shell code that lays out the directory `ROOT`. */
  readonly before: string
  readonly steps: number
}

/** Makes up a play of tasks over a small file system under `root`. The same seed gives the same play. Pure. */
export function generate(seed: number, root: string, steps = 20): Generated {
  const chance = new Chance(seed)
  const world = { root, registered: [] as Registered[], chance }
  const tasks = Array.from({ length: steps }, (_, index) => task(index, world))
  return {
    playbook: `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks.map((each) => `    - ${JSON.stringify(each)}\n`).join('')}`,
    before: layout(chance, root),
    steps,
  }
}

interface World {
  readonly root: string
  readonly registered: Registered[]
  readonly chance: Chance
}

interface Registered {
  readonly name: string
  readonly action: string
}

type Task = Record<string, unknown>

const NAMES = ['a', 'b.conf', 'd', 'd/x', 'd/y.conf', 'd/e', 'd/e/z', 'l', 'l/x', 'm', 'n']
const CONTENTS = [
  '',
  'one\n',
  'one\ntwo\n',
  'two\none\nthree\n',
  'no newline',
  'ü\nx = 1\n',
  'x = 1\nx = 2\n',
]
const MODES = ['0644', '0600', '0755', 'u+x', 'g-r,o=', 'a+X', '+x', '02750']

const ACTIONS: Record<string, (world: World) => Task> = {
  copy: (world) => ({
    dest: path(world),
    content: content(world),
    ...sometimes(world, 3, { mode: world.chance.of(MODES) }),
    ...sometimes(world, 8, { force: false }),
    ...sometimes(world, 8, { backup: true }),
    ...sometimes(world, 8, { follow: true }),
    ...sometimes(world, 8, { validate: world.chance.of(['test -s %s', 'true %s', 'grep -q one %s']) }),
  }),
  'copy on the host': (world) => ({
    src: path(world),
    dest: path(world) + world.chance.of(['', '', '/']),
    remote_src: true,
    ...sometimes(world, 3, { mode: world.chance.of([...MODES, 'preserve']) }),
  }),
  'file directory': (world) => ({
    path: path(world),
    state: 'directory',
    ...sometimes(world, 2, { mode: world.chance.of(MODES) }),
    ...sometimes(world, 6, { recurse: true }),
  }),
  'file absent': (world) => ({ path: path(world), state: 'absent' }),
  'file touch': (world) => ({
    path: path(world),
    state: 'touch',
    ...sometimes(world, 2, { mode: world.chance.of(MODES) }),
    ...sometimes(world, 3, { access_time: 'preserve', modification_time: 'preserve' }),
  }),
  'file link': (world) => ({
    path: path(world),
    src: world.chance.of(['d', 'a', 'e', '../a', path(world), 'nothing']),
    state: 'link',
    ...sometimes(world, 2, { force: true }),
  }),
  'file hard': (world) => ({
    path: path(world),
    src: path(world),
    state: 'hard',
    ...sometimes(world, 2, { force: true }),
  }),
  'file attributes': (world) => ({
    path: path(world),
    mode: world.chance.of(MODES),
    ...sometimes(world, 4, { follow: false }),
  }),
  lineinfile: (world) => ({
    path: path(world),
    line: world.chance.of(['one', 'two', 'x = 3', 'new']),
    ...sometimes(world, 2, { regexp: world.chance.of(['^x', 'o', '^(t)wo', 'none']) }),
    ...sometimes(world, 3, { create: true }),
    ...world.chance.of([{}, { insertafter: 'one' }, { insertbefore: 'BOF' }, { insertbefore: 'two' }]),
    ...sometimes(world, 6, { mode: world.chance.of(MODES) }),
  }),
  'lineinfile absent': (world) => ({
    path: path(world),
    regexp: world.chance.of(['^x', 'o', 'none']),
    state: 'absent',
  }),
  blockinfile: (world) => ({
    path: path(world),
    block: world.chance.of(['b1\nb2', 'b3', '']),
    ...sometimes(world, 3, { create: true }),
    ...world.chance.of([{}, { insertafter: 'one' }, { insertbefore: 'BOF' }]),
    ...sometimes(world, 4, { marker: '# {mark} other' }),
  }),
  replace: (world) => ({
    path: path(world),
    regexp: world.chance.of(['o(n)e', 'x = \\d', '^', 'none']),
    replace: world.chance.of(['<\\1>', 'y', '']).replace('\\1', world.chance.of(['', 'z'])),
  }),
  stat: (world) => ({ path: path(world), ...sometimes(world, 2, { follow: true }) }),
  slurp: (world) => ({ src: path(world) }),
  find: (world) => ({
    paths: [path(world)],
    ...sometimes(world, 2, { recurse: true }),
    ...sometimes(world, 2, { patterns: '*.conf' }),
    ...sometimes(world, 2, { file_type: 'any' }),
  }),
  assemble: (world) => ({ src: path(world), dest: path(world), ...sometimes(world, 3, { delimiter: '--' }) }),
  'command that makes': (world) => {
    const made = path(world)
    return { cmd: `touch ${made}`, creates: made }
  },
  command: (world) => ({
    cmd: world.chance.of([
      `touch ${path(world)}`,
      `rm -rf ${path(world)}`,
      `chmod 0700 ${path(world)}`,
      `cp -a ${path(world)} ${path(world)}`,
      'true',
    ]),
    ...sometimes(world, 4, { removes: path(world) }),
  }),
  shell: (world) => ({ cmd: `echo shell >> ${path(world)}` }),
  'command that looks': (world) => ({ cmd: `test -e ${path(world)}` }),
  debug: (world) => ({ msg: content(world) }),
}

/** How often an action comes: files above all, what makes things uncertain now and then. */
const WEIGHTS: Record<string, number> = { copy: 5, stat: 4, slurp: 2, lineinfile: 3, command: 1, shell: 1 }
const DICE = Object.keys(ACTIONS)
  .filter((action) => findModule(action.split(' ')[0]!))
  .flatMap((action) => Array.from({ length: WEIGHTS[action] ?? 2 }, () => action))
// Plays without any command are many, too: there nothing but times is unknown.
const PLAIN_DICE = DICE.filter((action) => !/^(command|shell)/.test(action))

function task(index: number, world: World): Task {
  const { chance, registered } = world
  const kind = chance.of(chance.calm ? PLAIN_DICE : DICE)
  const action = kind.split(' ')[0]!
  const made: Task = {
    name: `${index} ${kind}`,
    [action]: ACTIONS[kind]!(world),
    register: `r${index}`,
    ignore_errors: true,
    ...(kind === 'command that looks' ? { changed_when: false } : {}),
    ...(registered.length > 0 ? sometimes(world, 5, { when: condition(world) }) : {}),
    ...sometimes(world, 12, { changed_when: false }),
  }
  registered.push({ name: `r${index}`, action })
  return made
}

function path({ root, chance }: World): string {
  return `${root}/${chance.of(NAMES)}`
}

function content(world: World): string {
  const { chance, registered } = world
  if (registered.length === 0 || chance.below(3) > 0) return chance.of(CONTENTS)
  const { name, action } = chance.of(registered)
  return `{{ ${name}.${action === 'stat' ? 'stat.exists' : action === 'copy' ? 'checksum' : 'changed'} | default('none') }}\n`
}

function condition({ chance, registered }: World): string {
  const { name, action } = chance.of(registered)
  if (action === 'stat') {
    return chance.of([
      `${name}.stat.exists | default(false)`,
      `not (${name}.stat.exists | default(false))`,
      `${name}.stat.isdir | default(false)`,
      `(${name}.stat.mode | default('')) == '0644'`,
      `(${name}.stat.size | default(0)) > 3`,
    ])
  }
  return chance.of([
    `${name} is changed`,
    `${name} is not changed`,
    `${name} is failed`,
    `${name} is not skipped`,
    `${name} is changed or true`,
    `${name} is failed and false`,
  ])
}

function sometimes({ chance }: World, oneIn: number, more: Task): Task {
  return chance.below(oneIn) === 0 ? more : {}
}

function layout(chance: Chance, root: string): string {
  const parts = [
    'mkdir d',
    'printf "one\\ntwo\\n" > a',
    'printf "x = 1\\n" > b.conf',
    'printf "no newline" > d/x',
    'ln -s d l',
    'ln -s missing m',
    'mkdir -p d/e; echo z > d/e/z; chmod 600 d/e/z',
    'ln -s a n',
    'mkdir -p d; echo y > d/y.conf; chmod 2775 d',
  ].filter(() => chance.below(2) === 0)
  return `rm -rf ${root}; mkdir -p ${root}; cd ${root}; ${parts.map((part) => `{ ${part}; } 2>/dev/null; `).join('')}true`
}

/** Numbers that look like chance and are the same for the same seed (mulberry32). */
class Chance {
  /** Whether this play is to be without commands. */
  readonly calm: boolean
  #state: number

  constructor(seed: number) {
    this.#state = seed
    this.calm = this.below(2) === 0
  }

  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!
  }
}
