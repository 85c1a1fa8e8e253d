import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { applyPlan, type ApplyFlags } from '../../runner/commands/apply-plan.ts'
import { NO_FLAGS, type RunFlags } from '../../runner/commands/run-flags.ts'
import { savePlan } from '../../runner/commands/save-plan.ts'
import { forgetAuthorFiles } from '../../runner/modules/author-files.ts'
import { write } from '../commands/cli.ts'

/** What a command printed, and how it ended. */
export interface Ended {
  readonly exitCode: number
  readonly output: string
}

/** A project in a directory of its own, whose hosts are this machine, each with a directory below `target`. */
export class Project {
  readonly directory = mkdtempSync(join(tmpdir(), 'plan-'))

  constructor(
    tasks: string,
    files: Readonly<Record<string, string>> = {},
    hosts: readonly string[] = ['one'],
  ) {
    const vars = { ansible_connection: 'local', target: `${this.directory}/{{ inventory_hostname }}` }
    write(this.directory, {
      'hosts.yml': JSON.stringify({
        all: { hosts: Object.fromEntries(hosts.map((host) => [host, {}])), vars },
      }),
      'site.yml': `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks.replaceAll(/^/gm, '    ')}\n`,
      ...Object.fromEntries(hosts.map((host) => [`${host}/there`, 'old\n'])),
      ...files,
    })
  }

  path(name: string): string {
    return join(this.directory, name)
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8')
  }

  write(files: Readonly<Record<string, string>>): void {
    write(this.directory, files)
  }

  plan(flags: Partial<RunFlags> = {}, file = 'a.plan'): Promise<Ended> {
    forgetAuthorFiles()
    const all = { ...NO_FLAGS, output: 'text', diff: true, inventory: [this.path('hosts.yml')], ...flags }
    return this.#run((streams) => savePlan(this.path(file), [this.path('site.yml')], all, streams))
  }

  apply(flags: Partial<ApplyFlags> = {}, file = 'a.plan'): Promise<Ended> {
    forgetAuthorFiles()
    const all = { diff: false, forks: '5', json: false, output: 'text', open: false, ...flags }
    return this.#run((streams) => applyPlan(this.path(file), all, streams))
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true })
  }

  async #run(command: (streams: Parameters<typeof savePlan>[3] & object) => Promise<number>): Promise<Ended> {
    const out: string[] = []
    const stream = { write: (text: string, done?: () => void) => (out.push(text), done?.(), true) }
    const exitCode = await command({ stdout: stream, stderr: stream })
    return { exitCode, output: out.join('') }
  }
}
