import { Unknown } from '../../variables/unknown.ts'
import { debconf, type DebconfQuestion } from '../../resources/debconf.ts'
import { effect } from '../../host/state.ts'
import type { Call, Program } from '../sh/shell.ts'
import type { Status, Text } from '../sh/text.ts'

/** A question as a package's `templates` file describes it. */
export type Templates = ReadonlyMap<string, ReadonlyMap<string, string>>

/** Asked while nobody is there to answer: the question is passed over. */
const SKIPPED = 30

/** The commands of debconf's library. Answers come from the host's database, else from the package's own defaults. */
export function debconfPrograms(templates: Templates): Readonly<Record<string, Program>> {
  const nothing: Program = (call) => answer(call, '')
  const at = (name: string, call: Call): DebconfQuestion | null | Unknown => call.machine.read(debconf, name)
  return {
    db_version: nothing,
    db_capb: nothing,
    db_title: nothing,
    db_settitle: nothing,
    db_stop: nothing,
    db_beginblock: nothing,
    db_endblock: nothing,
    db_go: nothing,
    db_subst: nothing,
    db_register: nothing,
    db_unregister: nothing,
    db_purge: nothing,
    db_progress: nothing,
    db_info: nothing,
    db_data: nothing,
    db_x_loadtemplatefile: nothing,
    db_clear: nothing,
    db_input: () => SKIPPED,
    db_text: () => SKIPPED,
    db_get: withName((name, call) => {
      const known = at(name, call)
      if (known instanceof Unknown) return unknown(call, known)
      const value = known?.value ?? templates.get(name)?.get('default')
      if (known === null && !templates.has(name)) return 10
      return answer(call, value ?? '')
    }),
    db_set: withName((name, call) => {
      const [, value = ''] = call.words
      const known = at(name, call)
      const before = known instanceof Unknown || known === null ? { seen: false, type: 'string' } : known
      call.machine.apply([effect(debconf, name, value instanceof Unknown ? value : { ...before, value })])
      return answer(call, 'value set')
    }),
    db_reset: withName((name, call) => {
      call.machine.apply([effect(debconf, name, null)])
      return answer(call, '')
    }),
    db_fget: withName((name, call) => {
      const known = at(name, call)
      if (known instanceof Unknown) return unknown(call, known)
      return answer(call, call.words[1] === 'seen' && known?.seen === true ? 'true' : 'false')
    }),
    db_fset: withName((name, call) => {
      const [, flag, value] = call.words
      const known = at(name, call)
      if (flag === 'seen' && known && !(known instanceof Unknown))
        call.machine.apply([effect(debconf, name, { ...known, seen: value === 'true' })])
      return answer(call, '')
    }),
    db_metaget: withName((name, call) => {
      const field = String(call.words[1]).toLowerCase()
      const value = templates.get(name)?.get(field)
      // Choices and texts that a script puts in are not followed.
      if (value === undefined || value.includes('${'))
        return unknown(call, new Unknown({ what: `debconf's ${field} of ${name}` }))
      return answer(call, value)
    }),
  }
}

function withName(run: (name: string, call: Call) => Status): Program {
  return (call) => {
    const [name] = call.words
    return name === undefined || name instanceof Unknown
      ? unknown(call, new Unknown({ what: 'a question of debconf' }))
      : run(name, call)
  }
}

function answer({ shell }: Call, value: Text): Status {
  shell.set('RET', value)
  return 0
}

function unknown({ shell }: Call, because: Unknown): Status {
  shell.set('RET', because)
  return 0
}

/** The questions of a `templates` file, fields in lower case; of long texts only the first line. */
export function parseTemplates(text: string): Templates {
  const found = new Map<string, Map<string, string>>()
  for (const paragraph of text.split(/\n\s*\n/)) {
    const fields = new Map<string, string>()
    for (const line of paragraph.split('\n')) {
      const match = /^([A-Za-z][\w-]*): ?(.*)$/.exec(line)
      if (match) fields.set(match[1]!.toLowerCase(), match[2]!)
    }
    const name = fields.get('template')
    if (name !== undefined) found.set(name, fields)
  }
  return found
}
