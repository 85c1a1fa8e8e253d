import { expect, test } from 'vitest'
import { play } from './play.ts'

/** Shows the arguments of every process from this one up. */
const ANCESTRY =
  'at=$$; while [ "$at" -gt 1 ]; do tr "\\0" " " < /proc/$at/cmdline; read -r _ _ _ parent _ < /proc/$at/stat; ' +
  '[ "$(cat /proc/$at/comm)" = node ] && break; at=$parent; done'

test.each([
  ['sh', {}],
  ['bash', { executable: '/bin/bash' }],
  ['raw', { raw: true }],
])(
  'the code of a shell task stands in no process’s arguments: %s',
  async (
    _,
    {
      raw,
      executable,
    }: {
      raw?: boolean
      executable?: string
    },
  ) => {
    const cmd = `${ANCESTRY}; : not-for-everybody; echo done; exit 0`
    const playbook = [
      {
        hosts: 'all',
        gather_facts: false,
        tasks: [
          {
            name: 'run',
            [raw ? 'raw' : 'shell']: cmd,
            args: executable ? { executable } : {},
            register: 'ran',
          },
          { name: 'told', debug: { msg: '{{ ran.stdout }}' } },
        ],
      },
    ]
    const { lines } = await play(JSON.stringify(playbook))
    expect(lines[1]).toMatch(/done$/)
    expect(lines[1]).not.toContain('not-for-everybody')
  },
)

const cases: [says: string, args: Record<string, unknown>, result: Record<string, unknown>][] = [
  ['its standard input', { cmd: 'cat', stdin: 'text' }, { stdout: 'text', rc: 0 }],
  ['its status', { cmd: 'echo out; exit 7' }, { stdout: 'out', rc: 7 }],
  ['its name', { cmd: 'echo "$0"' }, { stdout: '/bin/sh', rc: 0 }],
  [
    'its complaints',
    { cmd: 'no-such-program' },
    { stderr: '/bin/sh: 1: no-such-program: not found', rc: 127 },
  ],
]
test.each(cases)('the code has %s', async (_, args, result) => {
  for (const executable of [undefined, '/bin/bash']) {
    const task = {
      shell: { ...args, ...(executable ? { executable } : {}) },
      register: 'ran',
      ignore_errors: true,
    }
    const told = { debug: { msg: '{{ [ran.stdout, ran.stderr, ran.rc] | to_json }}' } }
    const { lines } = await play(JSON.stringify([{ hosts: 'all', gather_facts: false, tasks: [task, told] }]))
    const said = lines.at(-1)!
    const { stdout = '', stderr = '', rc } = result
    if (executable === undefined)
      expect(said).toContain(JSON.stringify([stdout, stderr, rc]).replaceAll(',', ', '))
    else expect(said).toContain(`, ${String(rc)}]`)
    if (executable !== undefined && stdout === 'text') expect(said).toContain('["text", ""')
  }
})
