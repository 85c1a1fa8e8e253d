import { describe, expect, test } from 'vitest'
import { play } from './play.ts'

const change = (name: string, notify: string) => `
    - name: ${name}
      command: "true"
      notify: ${notify}`

describe('handlers', () => {
  test('run once, after the tasks, in the order of their definition', async () => {
    const { lines } = await play(`
- hosts: all
  gather_facts: false
  tasks:${change('first', '[b, a]')}${change('second', 'b')}
    - name: last
      debug:
  handlers:
    - name: a
      debug: { msg: from a }
    - name: b
      debug: { msg: from b }
`)
    expect(lines).toEqual([
      'one changed first',
      'one changed second',
      'one ok last: Hello world!',
      'one ok a: from a',
      'one ok b: from b',
    ])
  })

  test('of a topic run all, and a handler may notify another', async () => {
    const { lines } = await play(`
- hosts: all
  gather_facts: false
  tasks:${change('first', 'restart everything')}
  handlers:
    - name: a
      command: "true"
      listen: restart everything
      notify: c
    - name: b
      debug: { msg: from b }
      listen: restart everything
    - name: c
      debug: { msg: from c }
`)
    expect(lines).toEqual(['one changed first', 'one changed a', 'one ok b: from b', 'one ok c: from c'])
  })

  test('run where meta flushes them', async () => {
    const { lines } = await play(`
- hosts: all
  gather_facts: false
  tasks:${change('first', 'a')}
    - meta: flush_handlers
    - name: last
      debug: { msg: after }
  handlers:
    - name: a
      debug: { msg: from a }
`)
    expect(lines).toEqual(['one changed first', 'one ok a: from a', 'one ok last: after'])
  })

  test('are owed only by tasks that changed something', async () => {
    const { lines } = await play(`
- hosts: all
  gather_facts: false
  tasks:
    - name: nothing to do
      debug: { msg: hello }
      notify: a
  handlers:
    - name: a
      fail:
`)
    expect(lines).toEqual(['one ok nothing to do: hello'])
  })

  test('that nobody defined are an error that names the nearest', async () => {
    const { lines, exitCode } = await play(`
- hosts: all
  gather_facts: false
  tasks:${change('first', 'restart ngnix')}
  handlers:
    - name: restart nginx
      debug:
`)
    expect(lines.at(-1)).toContain("The requested handler 'restart ngnix' was not found")
    expect(lines.at(-1)).toContain("did you mean 'restart nginx'?")
    expect(exitCode).toBe(2)
  })
})
