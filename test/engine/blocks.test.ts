import { describe, expect, test } from 'vitest'
import { play } from './play.ts'

describe('blocks', () => {
  test('rescue takes over after a failure, and always comes last', async () => {
    const { lines, exitCode } = await play(`
- hosts: all
  gather_facts: false
  tasks:
    - block:
        - name: breaks
          fail: { msg: broken }
        - name: never
          debug:
      rescue:
        - name: repair
          debug: { msg: "{{ ansible_failed_task.name }} said {{ ansible_failed_result.msg }}" }
      always:
        - name: tidy up
          debug: { msg: done }
`)
    expect(lines).toEqual([
      'one failed breaks: broken',
      'one ok repair: breaks said broken',
      'one ok tidy up: done',
    ])
    expect(exitCode).toBe(0)
  })

  test('a failure without rescue runs always and fails the host', async () => {
    const { lines, exitCode } = await play(`
- hosts: all
  gather_facts: false
  tasks:
    - block:
        - name: breaks
          fail: { msg: broken }
      always:
        - name: tidy up
          debug: { msg: done }
    - name: never
      debug:
`)
    expect(lines).toEqual(['one failed breaks: broken', 'one ok tidy up: done'])
    expect(exitCode).toBe(2)
  })

  test('when of a block holds for every task in it', async () => {
    const { lines } = await play(`
- hosts: all
  gather_facts: false
  tasks:
    - when: false
      block:
        - name: inside
          debug:
`)
    expect(lines).toEqual(['one skipped inside'])
  })
})
