import { expect, test, vi } from 'vitest'
import { play, type PlayOptions } from './play.ts'

/** A playbook and what comes of it. */
export interface Case {
  readonly says: string
  /** Tasks of the only play, or the whole playbook. */
  readonly tasks?: string
  readonly playbook?: string
  readonly hosts?: readonly string[]
  readonly files?: Readonly<Record<string, string>>
  readonly flags?: Partial<PlayOptions>
  readonly environment?: Readonly<Record<string, string>>
  /** One line for each result, as `play` tells them. */
  readonly lines: readonly string[]
  /** Only lines like this count. */
  readonly only?: RegExp
  /** The lines must come in this order, too. @default false */
  readonly inOrder?: boolean
  readonly exitCode?: number
}

/** Runs every case as a test of its own. */
export function testCases(cases: readonly Case[]): void {
  test.each(cases)('$says', async (each) => {
    const { tasks, playbook, hosts, files, flags, environment = {}, lines, only, inOrder, exitCode } = each
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
    const text = playbook ?? `- hosts: all\n  gather_facts: false\n  tasks:${tasks}\n`
    const played = await play(text, { hosts, files, ...flags })
    vi.unstubAllEnvs()
    // Where the files lie is not the same in every run.
    const told = played.lines.filter((line) => only?.test(line) ?? true)
    const said = told.map((line) => line.replace(/ \(\S+\.yml:\d+:\d+\)/, ''))
    if (inOrder) expect(said).toEqual(lines)
    else expect(said.toSorted()).toEqual(lines.toSorted())
    if (exitCode !== undefined) expect(played.exitCode).toBe(exitCode)
  })
}
