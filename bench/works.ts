import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ansible, ANSIBLES, type AnsibleKind } from './ansible.ts'
import type { Endpoint, Lab } from './lab.ts'
import { type Command, measure, type Measured } from './measure.ts'
import { nothingChanged, oneChange } from './prepare.ts'
import { Proxy } from './proxy.ts'
import { rehearsal } from './rehearsal.ts'
import { changeScript, firstScript, script } from './script.ts'
import type { Row } from './table.ts'

export interface Plan {
  readonly tools: readonly string[]
  readonly runs: number
  readonly hosts: readonly number[]
  readonly roundTrips: readonly number[]
  readonly tasks: readonly number[]
}

type Work = (lab: Lab, plan: Plan) => AsyncGenerator<Row>

/** How a tool does a work by way of an endpoint, the `turn`th time; undefined when it cannot. */
type ByTool = (tool: string, endpoint: Endpoint, turn: number) => Command | undefined

export const WORKS: Readonly<Record<string, Work>> = {
  /** The six roles, with nothing to change. */
  async *converged(lab, plan) {
    for (const hosts of plan.hosts) {
      yield* measured(lab, plan, { work: 'converged', hosts }, (tool, endpoint) =>
        tool === 'script'
          ? script(lab, hosts, endpoint)
          : play(lab, tool, ['playbooks/site.yml'], hosts, endpoint, nothingChanged),
      )
    }
  },

  /** One template changed, and the handlers that it notifies. */
  async *change(lab, plan) {
    const next = new Map<string, number>()
    yield* measured(lab, plan, { work: 'one change', hosts: 1 }, (tool, endpoint) => {
      // All tools change the same file in turn, each to another size than the one before.
      const count = (next.get('') ?? 1) + 1
      next.set('', count)
      const size = `${(count % 7) + 2}m`
      if (tool === 'script') return changeScript(lab, endpoint, size)
      const words = ['playbooks/site.yml', '-e', `nginx_client_max_body_size=${size}`]
      return play(lab, tool, words, 1, endpoint, oneChange)
    })
  },

  /** So many files that are as they should be, a task each. */
  async *tasks(lab, plan) {
    for (const count of plan.tasks) {
      const name = `files-${count}.yml`
      const text = JSON.stringify(filePlay(count))
      for (const folder of ['', 'ansible']) writeFileSync(join(lab.directory, folder, name), text)
      await measure(play(lab, 'rehearsal', [name], 1, lab.endpoint)!)
      yield* measured(lab, plan, { work: `${count} tasks`, hosts: 1 }, (tool, endpoint) =>
        play(lab, tool, [name], 1, endpoint, nothingChanged),
      )
    }
  },

  /** The six roles on a machine as it came. */
  async *first(lab, plan) {
    yield* bare(lab, plan, 'first run', (tool, endpoint) =>
      tool === 'script' ? firstScript(lab, endpoint) : play(lab, tool, ['playbooks/site.yml'], 1, endpoint),
    )
  },

  /** What a dry run of that takes. Ansible's ends at the first task that needs what an earlier one would have made. */
  async *dry(lab, plan) {
    yield* bare(
      lab,
      { ...plan, tools: plan.tools.filter((tool) => tool === 'rehearsal') },
      'dry run',
      (tool) => play(lab, tool, ['playbooks/site.yml', '--check', '--diff'], 1, lab.endpoint),
    )
  },
}

function play(
  lab: Lab,
  tool: string,
  words: readonly string[],
  hosts: number,
  endpoint: Endpoint,
  check?: (output: string) => void,
): Command | undefined {
  const all = [...words, '-i', lab.inventory(hosts, endpoint)]
  if (tool === 'rehearsal') return rehearsal(lab, all, hosts, check)
  if (ANSIBLES.includes(tool as AnsibleKind))
    return ansible(tool as AnsibleKind, { lab, words: all, hosts }, check)
  return undefined
}

/** One run of each tool that is counted, then all of them in turn. */
async function* measured(
  lab: Lab,
  plan: Plan,
  what: Pick<Row, 'work' | 'hosts'>,
  byTool: ByTool,
): AsyncGenerator<Row> {
  for (const roundTrip of plan.roundTrips) {
    const { host, port } = lab.endpoint
    const proxy = await Proxy.open(host, port, roundTrip)
    const near = { host: '127.0.0.1', port: proxy.port }
    const endpoint = roundTrip === 0 ? lab.endpoint : near
    const tools = plan.tools.filter((tool) => byTool(tool, endpoint, 0) !== undefined)
    const counted = new Map<string, NonNullable<Row['counted']>>()
    const runs = new Map<string, Measured[]>(tools.map((tool) => [tool, []]))
    try {
      for (const tool of tools) {
        proxy.take()
        const { memory, wall } = await measure(byTool(tool, near, 0)!, true)
        counted.set(tool, { ...proxy.take(), memory: memory! })
        tell(what, roundTrip, tool, wall)
      }
      for (let turn = 1; turn <= plan.runs; turn++) {
        for (const tool of tools) {
          const run = await measure(byTool(tool, endpoint, turn)!)
          runs.get(tool)!.push(run)
          tell(what, roundTrip, tool, run.wall)
        }
      }
    } finally {
      proxy.close()
    }
    for (const tool of tools)
      yield { ...what, roundTrip, tool, runs: runs.get(tool)!, counted: counted.get(tool) }
  }
}

/** Each run on a machine that was made anew. */
async function* bare(lab: Lab, plan: Plan, work: string, byTool: ByTool): AsyncGenerator<Row> {
  const tools = plan.tools.filter((tool) => byTool(tool, lab.endpoint, 0) !== undefined)
  const runs = new Map<string, Measured[]>(tools.map((tool) => [tool, []]))
  for (let turn = 1; turn <= plan.runs; turn++) {
    for (const tool of tools) {
      const endpoint = await lab.bare({ python: ANSIBLES.includes(tool as AnsibleKind) })
      const run = await measure(byTool(tool, endpoint, turn)!)
      runs.get(tool)!.push(run)
      tell({ work, hosts: 1 }, 0, tool, run.wall)
    }
  }
  for (const tool of tools) yield { work, hosts: 1, roundTrip: 0, tool, runs: runs.get(tool)! }
}

function tell(
  { work, hosts }: Pick<Row, 'work' | 'hosts'>,
  roundTrip: number,
  tool: string,
  wall: number,
): void {
  process.stderr.write(`${work}, ${hosts} host(s), ${roundTrip} ms, ${tool}: ${wall.toFixed(2)} s\n`)
}

function filePlay(count: number): object[] {
  const tasks = Array.from({ length: count }, (_, index) => ({
    name: `File ${index + 1}`,
    copy: { content: `This is file ${index + 1}.\n`, dest: `/var/tmp/bench-${index + 1}`, mode: '0644' },
  }))
  return [{ name: 'Files', hosts: 'web', become: true, gather_facts: false, tasks }]
}
