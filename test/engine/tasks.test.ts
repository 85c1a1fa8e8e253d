import { describe, expect, test } from 'vitest'
import { play } from './play.ts'

const cases: { name: string; tasks: string; lines: string[] }[] = [
  {
    name: 'a loop registers the results of its items',
    tasks: `
    - name: each
      command: echo {{ item }}
      loop: [a, b]
      register: said
    - name: all
      debug: { msg: "{{ said.results | map(attribute='stdout') | join }}" }`,
    lines: ['one changed each: All items completed', 'one ok all: ab'],
  },
  {
    name: 'until tries again and counts the attempts',
    tasks: `
    - name: patience
      shell: "echo x >> {{ playbook_dir }}/tries; wc -l < {{ playbook_dir }}/tries"
      register: tries
      until: tries.stdout | int == 3
      retries: 5
      delay: 0
    - name: count
      debug: { msg: "{{ tries.attempts }}" }`,
    lines: ['one changed patience', 'one ok count: 3'],
  },
  {
    name: 'until that never comes true fails',
    tasks: `
    - name: patience
      command: "false"
      register: answer
      until: answer.rc == 0
      retries: 1
      delay: 0
      ignore_errors: true`,
    lines: ['one failed patience: non-zero return code'],
  },
  {
    name: 'failed_when and changed_when decide over the module',
    tasks: `
    - name: fine
      command: "false"
      failed_when: false
      changed_when: false
    - name: broken
      command: echo broken
      register: answer
      failed_when: "'broken' in answer.stdout"
      ignore_errors: true`,
    lines: ['one ok fine: non-zero return code', 'one failed broken'],
  },
  {
    name: 'an undefined variable fails the task at its place',
    tasks: `
    - name: typo
      debug: { msg: "{{ greting }}" }
      vars: { greeting: hello }
      ignore_errors: true`,
    lines: [
      "one failed typo: The task includes an option with an undefined variable. The error was: 'greting' is undefined",
    ],
  },
  {
    name: 'variables of a task stand above those of its block',
    tasks: `
    - vars: { x: block, y: block }
      block:
        - name: both
          debug: { msg: "{{ x }} {{ y }}" }
          vars: { x: task }`,
    lines: ['one ok both: task block'],
  },
  {
    name: 'what set_fact sets stays for later tasks',
    tasks: `
    - set_fact: { colour: "{{ 'bl' ~ 'ue' }}" }
    - name: later
      debug: { msg: "{{ colour }}" }`,
    lines: ['one ok set_fact', 'one ok later: blue'],
  },
  {
    name: 'text from a command is data, whatever it holds',
    tasks: `
    - command: echo '{{ "{{ 1 + 1 }}" }}'
      register: hostile
      changed_when: false
    - name: literal
      debug: { msg: "{{ hostile.stdout }}" }`,
    lines: ['one ok command', 'one ok literal: {{ 1 + 1 }}'],
  },
  {
    name: 'include_tasks brings its file once for each item',
    tasks: `
    - name: bring
      include_tasks: more.yml
      loop: [a, b]`,
    lines: ['one ok bring: All items completed', 'one ok more: a', 'one ok more: b'],
  },
  {
    name: 'no_log hides the result, also in what it registers',
    tasks: `
    - name: quiet
      command: echo hunter22
      no_log: true
      register: secret
    - name: derived
      debug: { msg: "got {{ secret.stdout }}" }`,
    lines: ['one changed quiet', 'one ok derived: got ********'],
  },
]

describe('a task', () => {
  test.each(cases)('$name', async ({ tasks, lines }) => {
    const played = await play(`- hosts: all\n  gather_facts: false\n  tasks:${tasks}\n`, {
      files: { 'more.yml': '- name: more\n  debug: { msg: "{{ item }}" }\n' },
    })
    const expected = lines.map((line) =>
      line.includes('undefined') ? (expect.stringContaining(line) as string) : line,
    )
    expect(played.lines).toEqual(expected)
  })

  test('with no_log tells neither its items nor what came of it before it was tried again', async () => {
    const { events } = await play(`
- hosts: all
  gather_facts: false
  tasks:
    - { command: "echo {{ item }}", loop: [hunter22], no_log: true }
    - { command: echo hunter22, no_log: true, register: it, until: it.attempts == 2, delay: 0, retries: 2, failed_when: false }
`)
    expect(events.some(({ type }) => type === 'retry')).toBe(true)
    expect(JSON.stringify(events)).not.toContain('hunter22')
    expect(JSON.stringify(events)).toContain('(censored due to no_log)')
  })

  test('in the background tells each time that it was looked at, and how it ended', async () => {
    const { events } = await play(`
- hosts: all
  gather_facts: false
  tasks: [{ command: sleep 1.5, async: 10, poll: 1 }, { command: "false", async: 10, poll: 1, ignore_errors: true }]`)
    const told = events.filter(({ type }) => type === 'async').map((event) => event['state'])
    expect(told).toEqual(['running', 'ok', 'failed'])
  })

  test.each([
    ['that has nothing to do', 'state: directory, path: /tmp', {}, 'ok'],
    ['in a dry run', 'state: directory, path: /tmp/never-there-at-all', { check: true }, 'changed'],
    ['in a dry run that has nothing to do', 'state: directory, path: /tmp', { check: true }, 'ok'],
  ])('in the background %s can be asked after, too', async (_, file, flags, status) => {
    const { lines } = await play(
      `
- hosts: all
  gather_facts: false
  tasks:
    - { name: begin, file: { ${file} }, async: 10, poll: 0, register: begun }
    - name: end
      async_status: { jid: "{{ begun.ansible_job_id }}" }
      register: ended
      until: ended is finished
      retries: 3
      delay: 0
    - { name: told, debug: { msg: "{{ begun.finished }} {{ ended.state }} {{ ended.finished }}" } }`,
      flags,
    )
    expect(lines).toEqual([`one ${status} begin`, `one ${status} end`, 'one ok told: 0 directory 1'])
  })

  test('tells with each result of a loop which item it was for', async () => {
    const { events } = await play(`
- hosts: all
  gather_facts: false
  tasks: [{ debug: , loop: [a], loop_control: { loop_var: one } }]`)
    const [first] = events.flatMap(({ item, result }: Record<string, unknown>) => (item ? [result] : []))
    expect(first).toMatchObject({ one: 'a', ansible_loop_var: 'one' })
  })

  test('warns of what its module warns of, once', async () => {
    const { events } = await play(
      `
- hosts: all
  gather_facts: false
  tasks: [{ warns: }, { warns: }]`,
      { files: { 'library/warns': '#!/bin/sh\necho \'{"warnings": ["careful"]}\'\n' } },
    )
    const said = events.flatMap(({ type, text }: Record<string, unknown>) =>
      type === 'message' ? [text] : [],
    )
    expect(said).toEqual(['careful'])
  })
})
