import { ansible, prepareAnsible } from './ansible.ts'
import type { Lab } from './lab.ts'
import { type Command, measure } from './measure.ts'
import { rehearsal } from './rehearsal.ts'
import { prepareScripts } from './script.ts'

/** Brings the machine to where there is nothing to do for any tool, and makes what the other tools need of it. */
export async function prepare(lab: Lab, tools: readonly string[]): Promise<void> {
  const words = ['playbooks/site.yml', '-i', lab.inventory(1, lab.endpoint)]
  await lab.python()
  await told('first run', rehearsal(lab, words, 1))
  await prepareAnsible(lab)
  // What Ansible writes otherwise (how a file is sorted, say) is written by now, and both agree from here on.
  if (tools.some((tool) => tool !== 'rehearsal' && tool !== 'script'))
    await told('first run of Ansible', ansible('pipelined', { lab, words, hosts: 1 }))
  await told('converged', rehearsal(lab, words, 1, nothingChanged))
  await prepareScripts(lab)
  lab.setPrepared()
}

/** Throws unless every host's recap says that nothing changed. */
export function nothingChanged(output: string): void {
  const recap = output.split('\n').filter((line) => /\bok=\d+/.test(line))
  const changed = recap.filter((line) => !/\bchanged=0\b/.test(line))
  if (recap.length === 0 || changed.length > 0) throw new Error(`something changed: ${changed.join('; ')}`)
}

/** Throws unless a change and its handlers are all that a recap shows. */
export function oneChange(output: string): void {
  if (!/\bok=\d+\s+changed=[1-3]\b/.test(output)) throw new Error('it is not one change')
}

async function told(what: string, command: Command): Promise<void> {
  process.stderr.write(`preparing: ${what} …`)
  const { wall } = await measure(command)
  process.stderr.write(` ${wall.toFixed(1)} s\n`)
}
