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

  test('takes a look that earlier changes may turn to pass, because whatever follows comes only when it does', async () => {
    const path = `/tmp/never-written-${process.pid}`
    const { lines, events } = await play(
      `
- hosts: all
  gather_facts: false
  tasks:
    - name: write
      copy: { dest: ${path}, content: "one" }
    - name: port
      wait_for: { port: 1, timeout: 0 }
      register: port
    - name: address
      uri: { url: "http://127.0.0.1:1/", timeout: 1 }
      register: answer
      until: answer.json.state == 'up'
    - name: said
      debug: { msg: "{{ port.state }} {{ answer.status }}" }
    - name: a header
      debug: { msg: "{{ answer.content_type }}" }
    - name: may fail
      wait_for: { port: 1, timeout: 0 }
      ignore_errors: true
    - name: fails when its author says so
      uri: { url: "http://127.0.0.1:1/", timeout: 1 }
      failed_when: false
    - name: changed when its author says so
      uri: { url: "http://127.0.0.1:1/", timeout: 1 }
      register: told
      changed_when: told.json.new
`,
      { check: true },
    )
    expect(lines).toEqual([
      'one changed write',
      'one ok port',
      'one ok address: (unknown)',
      'one ok said: started 200',
      'one unknown a header',
      'one unknown may fail',
      'one unknown fails when its author says so',
      'one unknown changed when its author says so: (unknown)',
    ])
    expect(events).toContainEqual(
      expect.objectContaining({ status: 'ok', because: [expect.objectContaining({ what: 'write' })] }),
    )
  })

  test('doubts nothing for a message that cannot be told', async () => {
    const path = `/tmp/never-written-${process.pid}`
    const { lines } = await play(
      `
- hosts: all
  gather_facts: false
  tasks:
    - name: write
      copy: { dest: ${path}, content: "one" }
    - name: ask
      wait_for: { port: 1, timeout: 0, search_regex: (.) }
      register: answer
    - name: tell
      debug: { msg: "{{ answer.match_groups }}" }
    - name: see
      stat: { path: ${path}-2 }
`,
      { check: true },
    )
    expect(lines).toEqual(['one changed write', 'one ok ask', 'one unknown tell', 'one ok see'])
  })

  test('doubts no more than what a task keeps to, when it cannot be told', async () => {
    const path = `/tmp/never-written-${process.pid}`
    const { lines } = await play(
      `
- hosts: all
  gather_facts: false
  tasks:
    - name: make
      command: touch ${path}
      args: { creates: ${path} }
    - name: mode
      file: { path: ${path}, mode: "0600" }
    - name: look elsewhere
      stat: { path: ${path}.other }
      register: other
    - name: so
      debug: { msg: "{{ other.stat.exists }}" }
`,
      { check: true },
    )
    expect(lines).toEqual([
      'one unknown make',
      'one unknown mode',
      'one ok look elsewhere',
      'one ok so: false',
    ])
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

test('variables of a file that may be included or not are unknown, not undefined', async () => {
  const { lines } = await play(
    `
- hosts: all
  gather_facts: false
  tasks:
    - name: ask
      command: echo 2.4
      register: version
    - name: include
      include_vars: ${import.meta.dirname}/fixtures/one-variable.yml
      when: version.stdout == '2.4'
    - name: depends
      debug: { msg: "{{ one_variable }}" }
`,
    { check: true },
  )
  expect(lines).toEqual(['one unknown ask', 'one unknown include', 'one unknown depends'])
})

test('a command that is run all the same in a dry run counts only where nothing is pending that it goes by', async () => {
  const path = `/tmp/never-there-${process.pid}`
  const look = (name: string, command: string) => `
    - name: ${name}
      command: ${command}
      register: answer
      check_mode: false
      changed_when: false`
  const { lines } = await play(
    `
- hosts: all
  gather_facts: false
  tasks:
    - name: write
      copy: { dest: ${path}, content: one }
${look('names what would be there', `test ! -e ${path}`)}
${look('fails, perhaps for want of what would be there', 'sh -c "exit 3"')}
    - name: depends
      debug: { msg: "{{ answer.rc }}" }
${look('looks elsewhere', 'echo hello')}
`,
    { check: true },
  )
  expect(lines).toEqual([
    'one changed write',
    'one unknown names what would be there',
    'one unknown fails, perhaps for want of what would be there',
    'one unknown depends',
    'one ok looks elsewhere',
  ])
})

// Asked what it would do, before it is done: the answer must not be taken for the deed.
describe.each([
  ['a real run', false],
  ['a dry run', true],
])('check_mode: true in %s', (_, check) => {
  test('tells what a task would do, and leaves no trace in what comes after', async () => {
    const path = `/tmp/only-supposed-${process.pid}`
    const { lines } = await play(
      `
- hosts: all
  gather_facts: false
  tasks:
    - name: suppose a directory
      file: { path: ${path}, state: directory, mode: "0750" }
      check_mode: true
      register: supposed
    - name: suppose what is in it
      copy: { dest: ${path}/file, content: one, mode: "0600" }
      check_mode: true
    - name: what was said
      debug: { msg: "{{ supposed is changed }}" }
    - name: nothing is there
      stat: { path: ${path} }
      register: there
    - name: what is there
      debug: { msg: "{{ there.stat.exists }}" }
    - name: do it
      file: { path: ${path}, state: directory, mode: "0750" }
    - name: done
      file: { path: ${path}, state: directory, mode: "0750" }
    - name: suppose that it goes
      file: { path: ${path}, state: absent }
      check_mode: true
    - name: still done
      file: { path: ${path}, state: directory, mode: "0750" }
    - name: clean up
      file: { path: ${path}, state: absent }
    - name: nothing is pending but what was done
      wait_for: { path: ${path}, state: absent }
      when: not ansible_check_mode
`,
      { check },
    )
    expect(lines).toEqual([
      'one changed suppose a directory',
      'one changed suppose what is in it',
      'one ok what was said: true',
      'one ok nothing is there',
      'one ok what is there: false',
      'one changed do it',
      'one ok done',
      'one changed suppose that it goes',
      'one ok still done',
      'one changed clean up',
      check
        ? 'one skipped nothing is pending but what was done'
        : 'one ok nothing is pending but what was done',
    ])
    expect(existsSync(path)).toBe(false)
  })
})
