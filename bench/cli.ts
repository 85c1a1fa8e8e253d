import { writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Lab } from './lab.ts'
import { prepare } from './prepare.ts'
import { benchService } from './service/cli.ts'
import { type Row, table } from './table.ts'
import { WORKS } from './works.ts'

/**
 * `npm run bench -- [WORK…] [options]`: measures the program against a script over OpenSSH and against Ansible, on a
 * real machine made for it, in one go and taking turns. docs/performance.md says what is measured and how it came out.
 */
const HELP = `npm run bench -- [${Object.keys(WORKS).join('|')}…] [options]
npm run bench -- service --help     the deployed service's throughput instead

  --hosts 1,10      how many hosts (names for one machine)
  --rtt 0,50        round-trip times to the machine, in milliseconds
  --tasks 10,100    how long a play, for the work 'tasks'
  --tools a,b       of rehearsal, script, ansible, pipelined, mitogen
  --runs 5          how often each is measured
  --lab DIRECTORY   keep the machine in this directory, and use it again
  --json FILE       write what was measured there, too
`

const numbers = (list: string) => list.split(',').map(Number)

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      hosts: { type: 'string', default: '1' },
      rtt: { type: 'string', default: '0' },
      tasks: { type: 'string', default: '10,100' },
      tools: { type: 'string', default: 'rehearsal,script,ansible,pipelined,mitogen' },
      runs: { type: 'string', default: '5' },
      lab: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const names = positionals.length > 0 ? positionals : ['converged']
  const unknown = names.find((name) => !Object.hasOwn(WORKS, name))
  if (values.help || unknown !== undefined) {
    process.stdout.write(HELP)
    process.exitCode = values.help ? 0 : 5
    return
  }
  const tools = values.tools.split(',')
  const lab = new Lab(values.lab === undefined ? undefined : resolve(values.lab))
  const rows: Row[] = []
  try {
    await lab.up()
    if (!lab.prepared) await prepare(lab, tools)
    for (const name of names) {
      for await (const row of WORKS[name]!(lab, {
        tools,
        runs: Number(values.runs),
        hosts: numbers(values.hosts),
        roundTrips: numbers(values.rtt),
        tasks: numbers(values.tasks),
      }))
        rows.push(row)
    }
  } finally {
    if (rows.length > 0) {
      const { model } = cpus()[0]!
      process.stdout.write(
        `${cpus().length} × ${model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB\n\n${table(rows)}\n`,
      )
      if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(rows, null, 1))
    }
    if (values.lab === undefined) await lab.down()
  }
}

if (process.argv[2] === 'service') await benchService(process.argv.slice(3))
else await main()
