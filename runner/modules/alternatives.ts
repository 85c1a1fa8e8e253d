import { presentPath } from '../host/files.ts'
import { type AnyEffect, effect } from '../host/state.ts'
import { alternative, type Alternative, type AlternativeChoice } from '../resources/alternative.ts'
import { path as pathKind } from '../resources/path.ts'
import { joinScripts, type Script, sh } from '../transport/shell.ts'
import { args, choice, int, item, list, optional, path, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { change, failed, unchanged } from './outcome.ts'

export default defineModule({
  name: 'alternatives',
  summary: 'Chooses among programs that do the same (update-alternatives).',
  args: args({
    name: text('The generic name: editor.'),
    path: optional(path('The program that is meant.')),
    link: optional(path('The generic path, for a name that is new: /usr/bin/editor.')),
    priority: optional(int('Among the others; the highest is chosen by itself. @default 50')),
    state: choice(['present', 'selected', 'absent', 'auto'], 'selected: there and chosen.', {
      default: 'selected',
    }),
    family: optional(text('Accepted; for Red Hat only.')),
    subcommands: optional(
      list(item.dict, 'Paths that come along: `link`, `name`, `path` of each.', { aliases: ['slaves'] }),
    ),
  }),
  plan: (given, planning) => {
    const { name, state } = given
    const before = planning.state.read(alternative, name)
    if (state === 'auto') {
      if (!before) return failed(`there is no alternative ${name}`)
      if (before.automatic) return unchanged()
      const best = bestOf(before.choices)
      return outcome(name, before, { ...before, automatic: true, value: best }, [sh`--auto ${name}`])
    }
    if (given.path === undefined)
      return failed(`state is ${state} but all of the following are missing: path`)
    const known = before?.choices.find((each) => each.path === given.path)
    if (state === 'absent') {
      if (!before || !known) return unchanged()
      const choices = before.choices.filter((each) => each !== known)
      const value = before.value === given.path ? bestOf(choices) : before.value
      return outcome(name, before, choices.length > 0 ? { ...before, choices, value } : null, [
        sh`--remove ${name} ${given.path}`,
      ])
    }
    const link = given.link ?? before?.link
    if (link === undefined)
      return failed('Needed to install the alternative, but unable to do so as we are missing the link')
    if (!planning.files.exists(given.path)) return failed(`Specified path ${given.path} does not exist`)
    const slaves = given.subcommands?.map((each) => slave(each))
    const wanted: AlternativeChoice = {
      path: given.path,
      priority: given.priority ?? known?.priority ?? 50,
      slaves: slaves
        ? Object.fromEntries(slaves.map((each) => [each.name, each.path]))
        : (known?.slaves ?? {}),
    }
    const installs =
      !known ||
      link !== before?.link ||
      known.priority !== wanted.priority ||
      JSON.stringify(sorted(known.slaves)) !== JSON.stringify(sorted(wanted.slaves))
    const choices = [...(before?.choices ?? []).filter((each) => each.path !== given.path), wanted]
    const automatic = before?.automatic ?? true
    const installed = { link, automatic, choices, value: automatic ? bestOf(choices) : before!.value }
    const selects = state === 'selected' && installed.value !== given.path
    if (!installs && !selects) return unchanged()
    return outcome(
      name,
      before,
      selects ? { ...installed, automatic: false, value: given.path } : installed,
      [
        ...(installs
          ? [
              sh`--install ${link} ${name} ${given.path} ${wanted.priority} ${(slaves ?? []).flatMap((each) => ['--slave', each.link, each.name, each.path])}`,
            ]
          : []),
        ...(selects ? [sh`--set ${name} ${given.path}`] : []),
      ],
      slaves,
    )
  },
})

interface Slave {
  readonly link: string
  readonly name: string
  readonly path: string
}

function slave(given: Record<string, unknown>): Slave {
  const at = (field: string) => {
    const value = given[field]
    if (typeof value !== 'string') throw new RangeError(`a subcommand lacks '${field}'`)
    return value
  }
  return { link: at('link'), name: at('name'), path: at('path') }
}

function bestOf(choices: readonly AlternativeChoice[]): string {
  return (
    choices.reduce<AlternativeChoice | undefined>(
      (best, each) => (best === undefined || each.priority > best.priority ? each : best),
      undefined,
    )?.path ?? ''
  )
}

function sorted(slaves: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(slaves).sort(([one], [other]) => (one < other ? -1 : 1))
}

function outcome(
  name: string,
  before: Alternative | null,
  after: Alternative | null,
  commands: readonly Script[],
  slaves: readonly Slave[] = [],
) {
  const shown = (value: Alternative | null) =>
    value && `${value.value}${value.automatic ? ' (automatic)' : ''} of ${value.choices.length}`
  return change({
    diff: [
      {
        path: `alternative ${name}`,
        attributes: [{ name: 'choice', before: shown(before), after: shown(after) }],
      },
    ],
    script: joinScripts(
      commands.map((command) => sh`PATH=$PATH:/usr/sbin update-alternatives --quiet ${command} || exit`),
    ),
    after: [
      effect(alternative, name, after),
      ...(after
        ? links(after.link, name, after.value)
        : [link(before!.link, undefined), link(`/etc/alternatives/${name}`, undefined)]),
      ...slaves.flatMap((each) =>
        after?.value === after?.choices.at(-1)?.path ? links(each.link, each.name, each.path) : [],
      ),
    ],
    result: {},
  })
}

function links(generic: string, name: string, target: string): AnyEffect[] {
  return [link(generic, `/etc/alternatives/${name}`), link(`/etc/alternatives/${name}`, target)]
}

function link(path: string, target: string | undefined): AnyEffect {
  return effect(
    pathKind,
    path,
    target === undefined
      ? { type: 'absent' }
      : presentPath({ type: 'link', mode: 0o777, owner: 'root', group: 'root', target }),
  )
}
