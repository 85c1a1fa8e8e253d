import { describe, expect, test } from 'vitest'
import { SourceError } from '../../runner/source/diagnostic.ts'
import { play } from './play.ts'

const files = {
  'filter_plugins/ours.py':
    "class FilterModule:\n    def filters(self):\n        return {'shout': str.upper}\n",
  'roles/one/test_plugins/more.py':
    "class TestModule:\n    def tests(self):\n        return {'loud': None}\n",
  'lookup_plugins/oracle.py': 'class LookupModule: pass\n',
  'action_plugins/act.py': 'class ActionModule: pass\n',
  'action_plugins/debug.py': 'class ActionModule: pass\n',
  'connection_plugins/pigeon.py': 'class Connection: pass\n',
}
const tasks = (...lines: string[]) =>
  `- hosts: all\n  gather_facts: false\n  tasks:\n${lines.map((line) => `    - ${line}`).join('\n')}\n`

describe('a plugin in Python that a project brings cannot be run, and its place is told', () => {
  test.each([
    ['filter', `set_fact: { a: "{{ 'x' | shout }}" }`, "the filter 'shout'", 'filter_plugins/ours.py:3'],
    [
      'test of a role',
      `assert: { that: "'x' is loud" }`,
      "the test 'loud'",
      'roles/one/test_plugins/more.py:3',
    ],
    [
      'lookup',
      `set_fact: { a: "{{ lookup('oracle') }}" }`,
      "the lookup 'oracle'",
      'lookup_plugins/oracle.py:1',
    ],
    [
      'lookup of a loop',
      `{ meta: noop, with_oracle: [1] }`,
      "the lookup 'oracle'",
      'lookup_plugins/oracle.py:1',
    ],
  ])('%s', async (_, task, what, place) => {
    const said = await play(tasks(task), { files }).then(
      ({ lines }) => lines.join(),
      (error: unknown) => (error as Error).message,
    )
    expect(said).toContain(`${what} is a plugin in Python (`)
    expect(said).toContain(`${place}), which is not run here`)
  })

  test('action', async () => {
    const playing = play(tasks('act: { a: 1 }'), { files })
    await expect(playing).rejects.toThrow(SourceError)
    await expect(playing).rejects.toThrow(
      /the action 'act' is a plugin in Python \(.*action_plugins\/act\.py:1\)/,
    )
  })

  test('connection', async () => {
    const { lines } = await play(tasks('{ command: "true", vars: { ansible_connection: pigeon } }'), {
      files,
    })
    expect(lines).toEqual([
      expect.stringMatching(
        /the connection 'pigeon' is a plugin in Python \(.*connection_plugins\/pigeon\.py:1\)/,
      ),
    ])
  })

  test('what is there all the same is run', async () => {
    const { lines } = await play(tasks('debug: { msg: hello }'), { files })
    expect(lines).toEqual(['one ok debug: hello'])
  })
})
