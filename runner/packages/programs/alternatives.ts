import { Unknown } from '../../variables/unknown.ts'
import type { Call, Program } from '../sh/shell.ts'
import { beyond } from './arguments.ts'

interface Choice {
  readonly path: string
  readonly priority: number
  readonly slaves: readonly string[]
}

/** What dpkg's database holds of one alternative. */
interface Alternative {
  readonly automatic: boolean
  readonly choices: readonly Choice[]
}

/** `update-alternatives`: the links of the choice with the highest priority. */
export const alternatives: Program = (call) => {
  const words: string[] = []
  for (const word of call.words) {
    if (word instanceof Unknown) return beyond(call)
    if (!['--quiet', '--force', '--skip-auto', '--verbose'].includes(word)) words.push(word)
  }
  const [action, first = '', second = '', third = '', fourth = ''] = words
  if (action === '--install')
    return install({ link: first, name: second, path: third, priority: Number(fourth) }, words.slice(5), call)
  if (action === '--remove') return remove(first, second, call)
  if (action === '--query' || action === '--list' || action === '--display') {
    const because = new Unknown({ what: `the alternatives of ${first}` })
    call.print(because)
    return because
  }
  return beyond(call)
}

function install(
  { link, name, path, priority }: { link: string; name: string; path: string; priority: number },
  rest: readonly string[],
  call: Call,
) {
  const { machine } = call
  const known = read(name, call)
  if (known instanceof Unknown) return beyond(call)
  const others = known?.choices.filter((choice) => choice.path !== path) ?? []
  const best = known === null || (known.automatic && others.every((choice) => choice.priority < priority))
  if (!best) return 0
  machine.link(path, `/etc/alternatives/${name}`)
  machine.link(`/etc/alternatives/${name}`, link)
  for (let at = 0; at < rest.length; at += 4) {
    const [, slaveLink, slaveName, slavePath] = rest.slice(at, at + 4)
    if (slavePath === undefined) break
    const there = machine.stat(slavePath)
    if (!(there instanceof Unknown) && there.type === 'absent') continue
    machine.link(slavePath, `/etc/alternatives/${slaveName!}`)
    machine.link(`/etc/alternatives/${slaveName!}`, slaveLink!)
  }
  return 0
}

// The next best takes over; with the last one the links go.
function remove(name: string, path: string, call: Call) {
  const { machine } = call
  const known = read(name, call)
  if (known instanceof Unknown) return beyond(call)
  if (known === null) return 0
  const left = known.choices.filter((choice) => choice.path !== path)
  const current = machine.lstat(`/etc/alternatives/${name}`)
  if (current instanceof Unknown) return beyond(call)
  if (current.type !== 'link' || current.target !== path) return 0
  const [next] = [...left].sort((a, b) => b.priority - a.priority)
  if (next) machine.link(next.path, `/etc/alternatives/${name}`)
  else machine.remove(`/etc/alternatives/${name}`)
  return 0
}

function read(name: string, { machine }: Call): Alternative | null | Unknown {
  const bytes = machine.readBytes(`/var/lib/dpkg/alternatives/${name}`)
  if (bytes === null || bytes instanceof Unknown) return bytes
  const lines = bytes.toString('utf8').split('\n')
  const automatic = lines[0] === 'auto'
  let at = 2
  let slaves = 0
  for (; at < lines.length && lines[at] !== ''; at += 2) slaves++
  const choices: Choice[] = []
  for (at++; at < lines.length && lines[at] !== ''; at += 2 + slaves) {
    choices.push({
      path: lines[at]!,
      priority: Number(lines[at + 1]),
      slaves: lines.slice(at + 2, at + 2 + slaves),
    })
  }
  return { automatic, choices }
}
