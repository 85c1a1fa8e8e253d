import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import { afterEach, describe, expect, test } from 'vitest'
import { openPlan, sealPlan } from '../../runner/plans/envelope.ts'
import { Vault } from '../../runner/vault/vault.ts'
import { playIn } from '../commands/cli.ts'
import { Project } from './project.ts'

const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

function project(...parts: ConstructorParameters<typeof Project>): Project {
  const made = new Project(...parts)
  projects.push(made)
  return made
}

const TASKS = `- copy: { content: "new {{ item }}\\n", dest: "{{ target }}/{{ item }}", mode: "0640" }
  loop: [a, b]
- lineinfile: { path: "{{ target }}/there", line: more }
- command: "touch {{ target }}/touched"
  args: { creates: "{{ target }}/touched" }`

describe('a plan', () => {
  test('is carried out as it was shown, and then nothing is left to do', async () => {
    const made = project(TASKS)
    expect((await made.plan()).exitCode).toBe(0)
    expect(existsSync(made.path('one/a'))).toBe(false)
    const { exitCode, output } = await made.apply()
    expect(output).toMatch(/one +: ok=3 +changed=3 +unreachable=0/)
    expect(exitCode).toBe(0)
    expect([made.read('one/a'), made.read('one/there'), made.read('one/touched')]).toEqual([
      'new a\n',
      'old\nmore\n',
      '',
    ])
    expect((await made.plan()).output).toMatch(/one +: ok=3 +changed=0/)
  })

  test('is the same bytes for the same input, whatever came first on which host', async () => {
    const made = project(TASKS, {}, ['one', 'two', 'three'])
    await made.plan({}, 'a.plan')
    await made.plan({ forks: '1' }, 'b.plan')
    expect(made.read('b.plan')).toBe(made.read('a.plan'))
  })

  test('is shown as the dry run was, diffs and all', async () => {
    const made = project(TASKS)
    const { output } = await made.plan()
    expect(output).toContain('+new a')
    const { stdout } = playIn(made.directory, 'show', 'a.plan')
    expect(stdout.trim()).toBe(output.trim())
  })

  test('is not written when the dry run fails, and an old one of that name goes', async () => {
    const made = project('- fail:', { 'a.plan': 'old' })
    expect((await made.plan()).exitCode).toBe(2)
    expect(existsSync(made.path('a.plan'))).toBe(false)
  })

  test('runs the handlers that it has planned', async () => {
    const made = project('- copy: { content: x, dest: "{{ target }}/a" }\n  notify: tell')
    made.write({
      'site.yml': `${made.read('site.yml')}  handlers:\n    - { name: tell, copy: { content: told, dest: "{{ target }}/told" } }\n`,
    })
    await made.plan()
    await made.apply()
    expect(made.read('one/told')).toBe('told')
  })

  test('writes what was shown, also where another look at the clock would give something else', async () => {
    const made = project(`- copy: { content: "{{ now().timestamp() }}", dest: "{{ target }}/there" }`)
    const { output } = await made.plan()
    const planned = /^\+(\d+\.\d+)$/m.exec(output)![1]
    expect((await made.apply()).exitCode).toBe(0)
    expect(made.read('one/there')).toBe(planned)
  })

  test('takes a key that signs in another way every time for the key that it was', async () => {
    const key = '{{ target }}/key'
    const tasks = (path: string, common_name: string) =>
      `- openssl_csr: ${JSON.stringify({ path, privatekey_path: key, common_name })}`
    const made = project(`- openssl_privatekey: { path: "${key}", type: ECC, curve: secp256r1 }`)
    await made.plan()
    await made.apply()
    const files = ['a', 'b'].map((name) => tasks(`{{ target }}/${name}`, name)).join('\n')
    made.write({
      'site.yml': made
        .read('site.yml')
        .replace(/ +- openssl_privatekey.*\n/, files.replaceAll(/^/gm, '    ')),
    })
    await made.plan()
    expect(await made.apply()).toMatchObject({ exitCode: 0 })
    expect(made.read('one/b')).toMatch(/^-----BEGIN CERTIFICATE REQUEST/)
    await made.plan()
    expect((await made.apply()).output).toMatch(/changed=0/)
  })
})

function withByteChanged(bytes: Buffer, at: number, bit = 1): string {
  const other = Buffer.from(bytes)
  other[at] = other[at]! ^ bit
  return other.toString('utf8')
}

/** So many numbers from the first to the last, in even steps. */
function spread(first: number, last: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) =>
    Math.round(first + ((last - first) * index) / (count - 1)),
  )
}

interface Stale {
  readonly what: string
  readonly tasks: string
  readonly before?: (made: Project) => void
  readonly meanwhile: (made: Project) => void
  readonly says: RegExp
}

const WRITE = '- copy: { content: new, dest: "{{ target }}/there", mode: "0644" }'
const stale: readonly Stale[] = [
  {
    what: 'the content of a file that is to be replaced',
    tasks: WRITE,
    meanwhile: (made) => made.write({ 'one/there': 'edited\n' }),
    says: /(?:digest|content) \S+\/one\/there is not what it was/,
  },
  {
    what: 'a mode',
    tasks: '- file: { path: "{{ target }}/there", mode: "0600" }',
    meanwhile: (made) => chmodSync(made.path('one/there'), 0o640),
    says: /path \S+\/one\/there is file 0640 root:root, and was file 0644 root:root/,
  },
  {
    what: 'a file that is gone',
    tasks: WRITE,
    meanwhile: (made) => rmSync(made.path('one/there')),
    says: /path \S+\/one\/there is absent, and was file/,
  },
  {
    what: 'something where nothing was',
    tasks: '- copy: { content: new, dest: "{{ target }}/new" }',
    meanwhile: (made) => made.write({ 'one/new': 'x' }),
    says: /path \S+\/one\/new is file .*, and was absent/,
  },
  {
    what: 'where a link points',
    tasks: '- file: { path: "{{ target }}/link", src: there, state: link }',
    before: (made) => symlinkSync('/nowhere', made.path('one/link')),
    meanwhile: (made) => {
      rmSync(made.path('one/link'))
      symlinkSync('/elsewhere', made.path('one/link'))
    },
    says: /path \S+\/one\/link is .*→ \/elsewhere, and was .*→ \/nowhere/,
  },
  {
    what: 'what a pattern finds',
    tasks: '- command: "true"\n  args: { creates: "{{ target }}/*.done" }',
    meanwhile: (made) => made.write({ 'one/x.done': '' }),
    says: /listing \S+\/one is not what it was/,
  },
  {
    what: 'what a task found unchanged',
    tasks: `- copy: { content: "old\\n", dest: "{{ target }}/there" }\n- copy: { content: x, dest: "{{ target }}/a" }`,
    meanwhile: (made) => made.write({ 'one/there': 'edited\n' }),
    says: /\/one\/there is not what it was/,
  },
  {
    what: 'the size that stat has seen',
    tasks: `- stat: { path: "{{ target }}/there", get_checksum: false }\n  register: seen\n- copy: { content: "{{ seen.stat.size }}", dest: "{{ target }}/size" }`,
    meanwhile: (made) => made.write({ 'one/there': 'older\n' }),
    says: /path \S+\/one\/there is not what it was/,
  },
  {
    what: 'the checksum that stat has told',
    tasks: `- stat: { path: "{{ target }}/there" }\n  register: seen\n- copy: { content: "{{ seen.stat.checksum }}", dest: "{{ target }}/sum" }`,
    meanwhile: (made) => made.write({ 'one/there': 'new\n' }),
    says: /sha1 \S+\/one\/there is not what it was/,
  },
  {
    what: 'the members of a directory that is to go',
    tasks: '- file: { path: "{{ target }}/dir", state: directory, recurse: true, mode: "0700" }',
    before: (made) => made.write({ 'one/dir/a': '' }),
    meanwhile: (made) => made.write({ 'one/dir/b': '' }),
    says: /\/one\/dir/,
  },
]

describe('a host is left untouched when there changed', () => {
  test.each(stale)('$what', async ({ tasks, before, meanwhile, says }) => {
    const made = project(`${tasks}\n- copy: { content: x, dest: "{{ target }}/never" }`)
    before?.(made)
    expect((await made.plan()).exitCode).toBe(0)
    meanwhile(made)
    const { exitCode, output } = await made.apply()
    expect(output).toMatch(says)
    expect(output).toContain('The host is left untouched')
    expect(exitCode).toBe(2)
    expect(existsSync(made.path('one/never'))).toBe(false)
  })

  test('something, and another host does what was planned', async () => {
    const made = project(WRITE, {}, ['one', 'two'])
    await made.plan()
    made.write({ 'one/there': 'edited\n' })
    const { exitCode, output } = await made.apply()
    expect(output).toMatch(/one +: ok=0 +changed=0 .*failed=1/)
    expect(output).toMatch(/two +: ok=1 +changed=1 .*failed=0/)
    expect(exitCode).toBe(2)
    expect([made.read('one/there'), made.read('two/there')]).toEqual(['edited\n', 'new'])
  })

  test('a host to which its tasks are delegated', async () => {
    const made = project(`${WRITE}\n  delegate_to: two\n  run_once: true`, {}, ['one', 'two'])
    made.write({ 'site.yml': made.read('site.yml').replace('hosts: all', 'hosts: one') })
    await made.plan()
    made.write({ 'one/there': 'edited\n' })
    expect((await made.apply()).output).toContain('left untouched')
    expect(made.read('one/there')).toBe('edited\n')
  })

  test('nothing that a plan goes by: it is carried out', async () => {
    const made = project(`- stat: { path: "{{ target }}/there" }\n${WRITE}`)
    await made.plan()
    made.write({ 'one/other': 'x' })
    expect((await made.apply()).exitCode).toBe(0)
  })
})

describe('a plan is refused as a whole when there changed', () => {
  test.each([
    ['the playbook', { 'site.yml': '- hosts: all\n  tasks: []\n' }, /site\.yml is changed/],
    [
      'the inventory',
      { 'hosts.yml': '{ all: { hosts: { one: { ansible_connection: local } } } }' },
      /hosts\.yml is changed/,
    ],
    ['variables', { 'group_vars/all.yml': 'x: 1\n' }, /group_vars\/all\.yml is new/],
    ['a template', { 'templates/t.j2': 'other\n' }, /templates\/t\.j2 is changed/],
    ['a role', { 'roles/r/tasks/main.yml': '- debug:\n' }, /roles\/r\/tasks\/main\.yml is changed/],
  ])('%s', async (_, files, says) => {
    const made = project(
      '- template: { src: t.j2, dest: "{{ target }}/there" }\n- include_role: { name: r }',
      {
        'templates/t.j2': 'x\n',
        'roles/r/tasks/main.yml': '- meta: noop\n',
      },
    )
    expect((await made.plan()).exitCode).toBe(0)
    made.write(files)
    await expect(made.apply()).rejects.toThrow(says)
    expect(made.read('one/there')).toBe('old\n')
  })

  test('any byte of it', async () => {
    const made = project(TASKS)
    await made.plan()
    const bytes = readFileSync(made.path('a.plan'))
    for (const at of spread(0, bytes.length - 1, 1000)) {
      expect(() => openPlan(withByteChanged(bytes, at), undefined), `byte ${at}`).toThrow(
        /no plan|was changed|another version|is encrypted/,
      )
    }
    expect(() => openPlan(bytes.subarray(0, -1).toString('utf8'), undefined)).toThrow('was changed')
  })
})

describe('what a dry run cannot tell', () => {
  const OPEN = `- command: "echo yes"
  register: said
- copy: { content: "{{ said.stdout }}", dest: "{{ target }}/said" }`

  test('is listed, and refused unless it is allowed', async () => {
    const made = project(OPEN)
    await made.plan()
    await expect(made.apply()).rejects.toThrow(/1 step is left open[^]*one: copy \(\S*site\.yml:6:7\)/)
    expect(existsSync(made.path('one/said'))).toBe(false)
    expect(playIn(made.directory, 'show', 'a.plan').stdout).toContain('1 step is left open')
    expect((await made.apply({ open: true })).exitCode).toBe(0)
    expect(made.read('one/said')).toBe('yes')
  })

  test('also when it is a condition, a loop or what is included', async () => {
    const made = project(
      `- command: "echo yes"
  register: said
- copy: { content: a, dest: "{{ target }}/a" }
  when: said.stdout == 'yes'
- copy: { content: b, dest: "{{ target }}/{{ item }}" }
  loop: "{{ said.stdout_lines }}"
- include_tasks: more.yml
  when: said.stdout == 'yes'`,
      { 'more.yml': '- copy: { content: c, dest: "{{ target }}/c" }\n' },
    )
    await made.plan()
    expect((await made.apply({ open: true })).output).toMatch(/one +: ok=\d +changed=4 .*failed=0/)
    expect(['a', 'yes', 'c'].map((name) => made.read(`one/${name}`))).toEqual(['a', 'b', 'c'])
  })
})

describe('a host stops, and neither rescue nor ignore_errors takes it further', () => {
  test('where a command has changed what a later step goes by', async () => {
    const made = project(`- shell: "echo from the command >>$FILE"
  environment: { FILE: "{{ target }}/there" }
- block:
    - lineinfile: { path: "{{ target }}/there", line: more }
      ignore_errors: true
  rescue:
    - copy: { content: x, dest: "{{ target }}/rescued" }
- copy: { content: x, dest: "{{ target }}/later" }`)
    await made.plan()
    const { exitCode, output } = await made.apply({ open: true })
    expect(output).toMatch(/not what was planned: the plan went by (?:content|digest) \S+\/one\/there/)
    expect(exitCode).toBe(2)
    expect(made.read('one/there')).toBe('old\nfrom the command\n')
    expect([existsSync(made.path('one/rescued')), existsSync(made.path('one/later'))]).toEqual([false, false])
  })

  test('where there is something to do that the plan found done', async () => {
    const made = project(`- shell: "rm $FILE"
  environment: { FILE: "{{ target }}/there" }
- file: { path: "{{ target }}/there", state: touch, access_time: preserve, modification_time: preserve }`)
    await made.plan()
    const { exitCode, output } = await made.apply({ open: true })
    expect(output).toMatch(/by now there is|not what was planned/)
    expect(exitCode).toBe(2)
    expect(existsSync(made.path('one/there'))).toBe(false)
  })
})

describe('secrets in a plan', async () => {
  const KEY = 'open sesame'
  const vaulted = () => {
    const made = project('- copy: { content: "{{ token }}", dest: "{{ target }}/there" }', { key: KEY })
    const encrypt = [
      'vault',
      'encrypt-string',
      '-n',
      'token',
      'hunter2hunter2',
      '--vault-password-file',
      'key',
    ]
    made.write({ 'group_vars/all.yml': playIn(made.directory, ...encrypt).stdout })
    return { made, vaultPasswordFile: [made.path('key')] }
  }

  test('are encrypted; the same plan is the same bytes, and a changed byte is refused', async () => {
    const { made, vaultPasswordFile } = vaulted()
    await made.plan({ vaultPasswordFile }, 'a.plan')
    await made.plan({ vaultPasswordFile }, 'b.plan')
    const text = made.read('a.plan')
    expect(text).toMatch(/^\$ANSIBLE_VAULT;/)
    expect(made.read('b.plan')).toBe(text)
    await expect(made.apply()).rejects.toThrow('it is encrypted')
    made.write({ 'b.plan': text.replace(/.(?=\n$)/, (digit) => (digit === '0' ? '1' : '0')) })
    await expect(made.apply({ vaultPasswordFile }, 'b.plan')).rejects.toThrow('cannot be used')
    expect(made.read('one/there')).toBe('old\n')

    const shown = playIn(made.directory, 'show', 'a.plan', '--vault-password-file', 'key').stdout
    expect(shown).toContain('********')
    expect(shown).not.toContain('hunter2')
    expect((await made.apply({ vaultPasswordFile })).exitCode).toBe(0)
    expect(made.read('one/there')).toBe('hunter2hunter2')
  })

  test.each([
    ['a vault password', 'default', KEY],
    ['the password of a vault id', 'prod', KEY],
    ['an age identity', 'default', await generateIdentity()],
  ])('are kept by %s, and any byte that is changed is told', async (_, id, password) => {
    const made = project(WRITE)
    await made.plan()
    const plan = openPlan(made.read('a.plan'), undefined)
    const vault = new Vault([{ id, password: Buffer.from(password) }])
    const seal = password === KEY ? { vault } : { recipients: [await identityToRecipient(password)] }
    const bytes = Buffer.from(await sealPlan(plan, seal))
    expect(openPlan(bytes.toString('utf8'), vault)).toEqual(plan)
    const head = bytes.indexOf('\n') + 1
    // What stands in the clear, byte by byte; then some of the rest, its end among it.
    const places = [...Array.from({ length: head }, (_, at) => at), ...spread(head, bytes.length - 1, 5)]
    for (const at of places) {
      for (const bit of [0x01, 0x20]) {
        expect(() => openPlan(withByteChanged(bytes, at, bit), vault), `byte ${at}, bit ${bit}`).toThrow(
          /no plan|changed|damaged|encrypted|not known|cannot be decrypted|invalid|no identity/,
        )
      }
    }
  })

  test('keep it from being written where there is no key', async () => {
    const made = project('- copy: { content: "{{ token }}", dest: "{{ target }}/there" }')
    const prompt = "  vars_prompt: [{ name: token, prompt: token, default: 'hunter2hunter2' }]\n"
    made.write({ 'site.yml': made.read('site.yml').replace('  tasks:', `${prompt}  tasks:`) })
    await expect(made.plan()).rejects.toThrow('must be encrypted')
    expect(existsSync(made.path('a.plan'))).toBe(false)
  })
})
