import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { play } from './play.ts'

describe('a dry run', () => {
  test('sees what earlier tasks would write, and writes nothing', async () => {
    const path = `/tmp/never-written-${process.pid}`
    const { lines } = await play(
      `
- hosts: all
  gather_facts: false
  tasks:
    - name: directory
      file: { path: ${path}, state: directory, mode: "0750" }
    - name: write
      copy: { dest: ${path}/file, content: "one\\n", mode: "0600" }
    - name: edit
      lineinfile: { path: ${path}/file, line: two }
    - name: link
      file: { src: file, dest: ${path}/link, state: link }
    - name: look through the link
      stat: { path: ${path}/link, follow: true }
      register: seen
    - name: what was seen
      debug: { msg: "{{ seen.stat.mode }} {{ seen.stat.checksum }}" }
`,
      { check: true },
    )
    const sha1 = createHash('sha1').update('one\ntwo\n').digest('hex')
    expect(lines).toEqual([
      'one changed directory',
      'one changed write',
      'one changed edit: line added',
      'one changed link',
      'one ok look through the link',
      `one ok what was seen: 0600 ${sha1}`,
    ])
    expect(existsSync(path)).toBe(false)
  })

  test('never invents the result of a command, and says what waits for it', async () => {
    const { lines, events } = await play(
      `
- hosts: all
  gather_facts: false
  tasks:
    - name: ask
      command: date
      register: answer
    - name: depends
      debug: { msg: "{{ answer.stdout }}" }
    - name: cannot be changed by it
      debug: { msg: never }
      when: [false, answer.rc == 0]
    - name: may run
      debug: { msg: perhaps }
      when: answer.rc == 0
`,
      { check: true },
    )
    expect(lines).toEqual([
      'one unknown ask',
      'one unknown depends',
      'one skipped cannot be changed by it',
      'one unknown may run',
    ])
    expect(JSON.stringify(events)).toContain('`date`')
  })

  test('runs a command that its author says only looks', async () => {
    const { lines } = await play(
      `
- hosts: all
  gather_facts: false
  tasks:
    - name: ask
      command: echo hello
      register: answer
      check_mode: false
      changed_when: false
    - name: depends
      debug: { msg: "{{ answer.stdout }}" }
`,
      { check: true },
    )
    expect(lines).toEqual(['one ok ask', 'one ok depends: hello'])
  })
})
