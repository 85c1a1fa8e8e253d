import { describe, expect, test } from 'vitest'
import { play } from './play.ts'

describe('several hosts', () => {
  test('no effect of a task happens before the task before it has happened everywhere', async () => {
    const log = '{{ playbook_dir }}/log'
    const { lines } = await play(
      `
- hosts: all
  gather_facts: false
  tasks:
    - name: first
      shell: "sleep {{ 0.3 if inventory_hostname == 'a' else 0 }}; echo first >> ${log}"
    - name: second
      shell: "echo second >> ${log}"
    - name: the log
      command: cat ${log}
      register: log
      run_once: true
    - name: told
      debug: { msg: "{{ log.stdout_lines | join(' ') }}" }
`,
      { hosts: ['a', 'b', 'c'] },
    )
    expect(lines).toContain('c ok told: first first first second second second')
    expect(lines.filter((line) => line.includes('the log'))).toEqual(['a changed the log'])
  })

  test('results come in the order of the tasks', async () => {
    const { lines } = await play(
      `
- hosts: all
  gather_facts: false
  tasks:
    - name: one
      debug: { msg: "{{ inventory_hostname }}" }
    - name: two
      command: "true"
`,
      { hosts: ['a', 'b'] },
    )
    expect(lines.slice(0, 2).toSorted()).toEqual(['a ok one: a', 'b ok one: b'])
    expect(lines.slice(2).toSorted()).toEqual(['a changed two', 'b changed two'])
  })

  test.each([
    ['to it', 'a', {}],
    ['to it, in a dry run', 'a', { check: true }],
    ['to it by a template', "{{ ['a'] | first }}", {}],
    ['to another name of its machine', 'localhost', {}],
    ['to another name of its machine, in a dry run', 'localhost', { check: true }],
  ])('what others do on a host by tasks delegated %s is seen by its next task', async (_, target, flags) => {
    const { lines } = await play(
      `
- hosts: all
  gather_facts: false
  vars: { file: "{{ playbook_dir }}/file" }
  tasks:
    - { name: before, stat: { path: "{{ file }}" } }
    - { wait_for: { timeout: "{{ 1 if inventory_hostname == 'b' else 0 }}" } }
    - copy: { dest: "{{ file }}", content: x }
      delegate_to: "${target}"
      when: inventory_hostname == 'b'
    - { stat: { path: "{{ file }}" }, register: after, when: inventory_hostname == 'a' }
    - { name: seen, debug: { msg: "{{ after.stat.exists }}" }, when: inventory_hostname == 'a' }
`,
      { hosts: ['a', 'b'], ...flags },
    )
    expect(lines).toContain('a ok seen: true')
  })

  test('delegation does not mind that a host is told its address only by another that is behind', async () => {
    const { lines, exitCode } = await play(
      `
- hosts: all
  gather_facts: false
  tasks:
    - { command: echo 192.0.2.1, register: address, when: inventory_hostname == 'a' }
    - { command: echo x, delegate_to: localhost, when: inventory_hostname == 'a' }
    - { name: there, command: echo x, delegate_to: a }
`,
      {
        hosts: ['a', 'b'],
        files: {
          'hosts.yml': `
all:
  hosts:
    a: { ansible_connection: local }
    b: { ansible_host: "{{ hostvars['a'].address.stdout }}" }
`,
        },
      },
    )
    expect(exitCode).toBe(0)
    expect(lines).toContain('b changed there')
  })

  test('hostvars of a host that is behind are waited for', async () => {
    const { lines } = await play(
      `
- hosts: all
  gather_facts: false
  tasks:
    - name: say
      shell: "sleep {{ 0.3 if inventory_hostname == 'a' else 0 }}; echo {{ inventory_hostname }}"
      register: said
    - name: heard
      debug: { msg: "{{ hostvars['a'].said.stdout }}" }
`,
      { hosts: ['a', 'b'] },
    )
    expect(lines.slice(2).toSorted()).toEqual(['a ok heard: a', 'b ok heard: a'])
  })

  test('templates wait for them, too', async () => {
    const { lines } = await play(
      `
- hosts: all
  gather_facts: false
  tasks:
    - name: say
      shell: "sleep {{ 0.3 if inventory_hostname == 'a' else 0 }}; echo {{ inventory_hostname }}"
      register: said
    - name: heard
      debug: { msg: "{{ lookup('template', playbook_dir ~ '/heard.ejs') }}" }
`,
      { hosts: ['a', 'b'], files: { 'heard.ejs': "<%= hostvars['a'].said.stdout %>" } },
    )
    expect(lines.slice(2).toSorted()).toEqual(['a ok heard: a', 'b ok heard: a'])
  })

  test('serial batches go one after another; a failed host does not stop the others', async () => {
    const { lines, exitCode } = await play(
      `
- hosts: all
  gather_facts: false
  serial: 2
  tasks:
    - name: work
      fail: { msg: broken }
      when: inventory_hostname == 'a'
    - name: go on
      debug: { msg: "{{ ansible_play_batch | join(',') }}" }
`,
      { hosts: ['a', 'b', 'c'] },
    )
    expect(lines.toSorted()).toEqual([
      'a failed work: broken',
      'b ok go on: b',
      'b skipped work',
      'c ok go on: c',
      'c skipped work',
    ])
    expect(exitCode).toBe(2)
  })

  test('any_errors_fatal stops everybody after the task', async () => {
    const { lines } = await play(
      `
- hosts: all
  gather_facts: false
  any_errors_fatal: true
  tasks:
    - name: work
      fail: { msg: broken }
      when: inventory_hostname == 'a'
    - name: never
      debug:
`,
      { hosts: ['a', 'b'] },
    )
    expect(lines.toSorted()).toEqual(['a failed work: broken', 'b skipped work'])
  })

  test('wait_for_connection waits also where nothing has connected before', async () => {
    const { lines, exitCode } = await play(`
- hosts: all
  gather_facts: false
  vars: { ansible_connection: ssh, ansible_host: 127.0.0.1, ansible_port: 1 }
  tasks:
    - name: leave
      meta: reset_connection
    - name: wait
      wait_for_connection: { timeout: 1 }
`)
    expect(lines).toEqual([
      expect.stringMatching(/^one failed wait: timed out waiting for the host: .*refused/),
    ])
    expect(exitCode).toBe(2)
  })
})
