import { effect } from '../../host/state.ts'
import { alternative, type Alternative, type AlternativeChoice } from '../../resources/alternative.ts'
import { Unknown } from '../../variables/unknown.ts'
import type { Machine } from '../machine.ts'
import type { Call, Program } from '../sh/shell.ts'
import { beyond } from './arguments.ts'

/** A slave as `--install` names it. */
interface Slave {
  readonly link: string
  readonly name: string
  readonly path: string
}

/** `update-alternatives`: the links of the choice with the highest priority. */
export const alternatives: Program = (call) => {
  const words: string[] = []
  for (const word of call.words) {
    if (word instanceof Unknown) return beyond(call)
    if (!['--quiet', '--force', '--skip-auto', '--verbose'].includes(word)) words.push(word)
  }
  const [action, first = '', second = '', third = '', fourth = ''] = words
  if (action === '--install') {
    const slaves: Slave[] = []
    for (let at = 5; at + 3 < words.length; at += 4)
      slaves.push({ link: words[at + 1]!, name: words[at + 2]!, path: words[at + 3]! })
    return install(first, second, { path: third, priority: Number(fourth) }, slaves, call)
  }
  if (action === '--remove') return remove(first, second, call)
  if (action === '--query' || action === '--list' || action === '--display') {
    const because = new Unknown({ what: `the alternatives of ${first}` })
    call.print(because)
    return because
  }
  return beyond(call)
}

function install(
  link: string,
  name: string,
  { path, priority }: Pick<AlternativeChoice, 'path' | 'priority'>,
  slaves: readonly Slave[],
  call: Call,
) {
  const { machine } = call
  const known = machine.read(alternative, name)
  if (known instanceof Unknown) return beyond(call)
  const others = known?.choices.filter((choice) => choice.path !== path) ?? []
  const choice = {
    path,
    priority,
    slaves: Object.fromEntries(slaves.map((slave) => [slave.name, slave.path])),
  }
  const best =
    known === null ||
    (known.automatic ? others.every((other) => other.priority < priority) : known.value === path)
  put(
    name,
    {
      link,
      automatic: known?.automatic ?? true,
      value: best ? path : known.value,
      choices: [...others, choice],
    },
    machine,
  )
  if (!best) return 0
  machine.link(path, `/etc/alternatives/${name}`)
  machine.link(`/etc/alternatives/${name}`, link)
  for (const slave of slaves) {
    const there = machine.stat(slave.path)
    if (!(there instanceof Unknown) && there.type === 'absent') continue
    machine.link(slave.path, `/etc/alternatives/${slave.name}`)
    machine.link(`/etc/alternatives/${slave.name}`, slave.link)
  }
  return 0
}

// The next best takes over; with the last one the links go.
function remove(name: string, path: string, call: Call) {
  const { machine } = call
  const known = machine.read(alternative, name)
  if (known instanceof Unknown) return beyond(call)
  if (known === null) return 0
  const choices = known.choices.filter((choice) => choice.path !== path)
  const [next] = choices.toSorted((a, b) => b.priority - a.priority)
  if (known.value !== path) {
    put(name, { ...known, choices }, machine)
    return 0
  }
  const old = known.choices.find((choice) => choice.path === path)
  for (const slave of Object.keys(old?.slaves ?? {})) {
    const target = next?.slaves[slave]
    if (target === undefined) machine.remove(`/etc/alternatives/${slave}`)
    else machine.link(target, `/etc/alternatives/${slave}`)
  }
  if (next) {
    machine.link(next.path, `/etc/alternatives/${name}`)
    put(name, { ...known, automatic: true, value: next.path, choices }, machine)
  } else {
    machine.remove(`/etc/alternatives/${name}`)
    machine.remove(known.link)
    put(name, null, machine)
  }
  return 0
}

function put(name: string, value: Alternative | null, machine: Machine): void {
  machine.apply([effect(alternative, name, value)])
}
