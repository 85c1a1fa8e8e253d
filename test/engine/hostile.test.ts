import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { playIn } from '../commands/cli.ts'
import { play } from './play.ts'

/** What a host, or somebody who has got hold of one, may put into anything that a run reads. */
const HOSTILE: readonly [what: string, text: string][] = [
  ['an expression', "{{ lookup('pipe', 'id') }}"],
  ['a statement', '{% for x in [1] %}x{% endfor %}'],
  ['a template of EJS', '<%= process.env.HOME %>'],
  ['a name of JavaScript', '__proto__'],
  ['lines that look like another task', 'a\n\nTASK [forged] ***\nok: [one]'],
  ['escapes of a terminal', '\u001b[2Jgone\u001b]0;title\u0007'],
]

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hostile-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

const tasks = (text: string) => `- hosts: all\n  gather_facts: false\n  tasks:\n${text}`

/** What `debug` said, by the name of its task. */
async function said(playbook: string, options = {}): Promise<Record<string, unknown>> {
  const { events } = await play(playbook, options)
  return Object.fromEntries(
    events
      .filter((event) => event['type'] === 'result' && event['task'])
      .map((event) => [event['task'], (event['result'] as { msg?: unknown } | undefined)?.msg]),
  )
}

describe.each(HOSTILE)('%s stays what it is', (_, text) => {
  test('in a command’s output, a file, a fact and an item of a loop', async () => {
    writeFileSync(join(directory, 'file'), text)
    writeFileSync(join(directory, 'x.fact'), JSON.stringify({ [text]: text }), { mode: 0o600 })
    const found = await said(
      tasks(`
    - { command: "cat ${directory}/file", register: done }
    - { name: output, debug: { msg: "{{ done.stdout }}" } }
    - { slurp: { src: ${directory}/file }, register: read }
    - { name: file, debug: { msg: "{{ read.content | b64decode }}" } }
    - { setup: { gather_subset: "!all,!min,local", fact_path: ${directory} } }
    - { name: fact, debug: { msg: "{{ ansible_local.x.keys() | first }}{{ ansible_local.x.values() | first }}" } }
    - { set_fact: { copied: "{{ done.stdout }}" } }
    - { name: copied, debug: { msg: "{{ copied }}" } }
    - { name: item, debug: { msg: "{{ item }}" }, loop: "{{ [done.stdout] }}", register: looped }
    - { name: result, debug: { msg: "{{ looped.results[0].msg }}" } }
`),
    )
    expect(found).toMatchObject({ output: text, file: text, copied: text, result: text, fact: text + text })
  })

  test('in a file’s name', async () => {
    const name = text.replaceAll('/', '_')
    rmSync(join(directory, 'names'), { recursive: true, force: true })
    mkdirSync(join(directory, 'names'))
    writeFileSync(join(directory, 'names', name), '')
    const found = await said(
      tasks(`
    - { find: { paths: ${directory}/names }, register: there }
    - { name: told, debug: { msg: "{{ there.files[0].path | basename }}" } }
`),
    )
    expect(found['told']).toBe(name)
  })
})

describe.each(HOSTILE)('%s from an inventory script stays what it is', (_, text) => {
  const script = (answer: object) => {
    const file = join(directory, 'inventory.sh')
    writeFileSync(file, `#!/bin/sh\ncat <<'END'\n${JSON.stringify(answer)}\nEND\n`, { mode: 0o700 })
    return { inventory: [file] }
  }

  test('as a variable’s value and its key', async () => {
    const variables = {
      ansible_connection: 'local',
      text,
      deep: { list: [text], keys: Object.fromEntries([[text, 1]]) },
    }
    const answer = { _meta: { hostvars: { one: variables } }, all: { hosts: ['one'] } }
    const found = await said(
      tasks(`
    - { name: told, debug: { msg: "{{ [text, hostvars.one.text, deep.list[0], deep['keys'].keys() | first] }}" } }
    - { name: printed, command: "printf %s {{ text | quote }}", register: done }
    - { name: output, debug: { msg: "{{ done.stdout }}" } }`),
      script(answer),
    )
    expect(found).toMatchObject({ told: [text, text, text, text], output: text })
  })

  test('as the name of a host and of a group', async () => {
    const hosts = Object.fromEntries([[text, { ansible_connection: 'local' }]])
    const group = Object.fromEntries([[`of ${text}`, { hosts: [text] }]])
    const { events } = await play(
      tasks('    - { name: told, debug: { msg: "{{ [inventory_hostname, group_names[0]] }}" } }'),
      script({ _meta: { hostvars: hosts }, ...group }),
    )
    const results = events.filter(({ type }: Record<string, unknown>) => type === 'result') as unknown[]
    expect(results).toMatchObject([{ host: text, status: 'ok', result: { msg: [text, `of ${text}`] } }])
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('ansible_connection')
  })

  test('nothing of it reaches the terminal as it is', async () => {
    writeFileSync(join(directory, 'site.yml'), tasks('    - { name: told, debug: { msg: "{{ text }}" } }'))
    const hosts = Object.fromEntries([[text, { ansible_connection: 'local', text }]])
    script({ _meta: { hostvars: hosts }, all: { hosts: [text] } })
    const { stdout, stderr, exitCode } = playIn(directory, 'site.yml', '-i', 'inventory.sh')
    expect(exitCode).toBe(0)
    const controls = (stdout + stderr).split('').filter((character) => character < ' ' && character !== '\n')
    expect(controls).toEqual([])
    expect(stdout).not.toMatch(/^TASK \[forged\]/m)
  })
})

test('what a host says cannot change how it is reached, or what the run itself says', async () => {
  writeFileSync(
    join(directory, 'y.fact'),
    JSON.stringify({ ansible_host: 'evil', ansible_connection: 'ssh', inventory_hostname: 'evil' }),
  )
  const found = await said(
    tasks(`
    - { setup: { gather_subset: "!all,!min,local", fact_path: ${directory} } }
    - { name: told, debug: { msg: "{{ inventory_hostname }} {{ ansible_connection }} {{ ansible_host }}" } }
    - { name: reached, command: echo still here, register: done }
    - { name: output, debug: { msg: "{{ done.stdout }}" } }
`),
  )
  expect(found).toMatchObject({ told: 'one local one', output: 'still here' })
})

test.each([['a{{ 1 }}b'], ['<% x %>'], ['__proto__'], ['constructor']])(
  'a host may be named %s',
  async (name) => {
    const { lines, exitCode } = await play(
      tasks(`
    - { name: told, debug: { msg: "{{ inventory_hostname }} {{ hostvars[inventory_hostname].inventory_hostname }}" } }
`),
      { hosts: [name] },
    )
    expect(lines).toEqual([`${name} ok told: ${name} ${name}`])
    expect(exitCode).toBe(0)
  },
)

test('an inventory script’s answer is data', async () => {
  const answer = {
    _meta: {
      hostvars: { one: { ansible_connection: 'local', text: "{{ lookup('pipe', 'id') }}", __proto__x: 1 } },
    },
    all: { hosts: ['one'] },
  }
  const script = join(directory, 'inventory.sh')
  writeFileSync(script, `#!/bin/sh\ncat <<'END'\n${JSON.stringify(answer)}\nEND\n`, { mode: 0o700 })
  const found = await said(tasks(`\n    - { name: told, debug: { msg: "{{ text }}" } }\n`), {
    inventory: [script],
  })
  expect(found['told']).toBe("{{ lookup('pipe', 'id') }}")
})
