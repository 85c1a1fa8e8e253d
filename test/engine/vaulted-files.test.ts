import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { seal } from '../../runner/vault/format.ts'
import { play } from './play.ts'

test('vaulted files and templates of the author reach the host opened, and no event shows them', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'vaulted-'))
  try {
    writeFileSync(join(directory, 'password'), 'open sesame')
    const vaulted = (text: string) => seal(Buffer.from(text), Buffer.from('open sesame'))
    const { lines, events } = await play(
      `- hosts: all
  gather_facts: false
  tasks:
    - { name: copy, copy: { src: secret.txt, dest: one.txt } }
    - { name: template, template: { src: secret.j2, dest: two.txt } }
    - name: compare
      shell: test "$(cat one.txt two.txt | tr '\\n' ' ')" = 'number seven-77 word seven-77 '
    - { name: look up, debug: { msg: "{{ lookup('unvault', 'secret.txt') == lookup('file', 'secret.txt') ~ '\\n' }}" } }
`,
      {
        files: {
          'secret.txt': vaulted('number seven-77\n'),
          'secret.j2': vaulted('word {{ "seven" ~ "-77" }}\n'),
        },
        vaultPasswordFile: [join(directory, 'password')],
        diff: true,
      },
    )
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      'one changed copy',
      'one changed template',
      'one changed compare',
      'one ok look up',
    ])
    // What the author writes in the open is shown: the tasks themselves.
    const results = events.filter((event) => event['type'] === 'result').slice(0, 2)
    expect(results).toHaveLength(2)
    expect(JSON.stringify(results)).not.toContain('seven-77')
  } finally {
    rmSync(directory, { recursive: true })
  }
})
