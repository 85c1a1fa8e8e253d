import { posix } from 'node:path'
import { absentEffects, presentPath } from '../host/files.ts'
import { effect } from '../host/state.ts'
import { path as pathKind } from '../resources/path.ts'
import { sh } from '../transport/shell.ts'
import { args, bool, choice, optional, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { change, failed, unchanged } from './outcome.ts'
import { newAttributes } from './support/attributes.ts'

const AVAILABLE = '/etc/apache2/mods-available'
const ENABLED = '/etc/apache2/mods-enabled'

/** @source https://docs.ansible.com/ansible/latest/collections/community/general/apache2_module_module.html */
export default defineModule({
  name: 'apache2_module',
  summary: 'Switches modules of Apache on and off (a2enmod, a2dismod).',
  args: args({
    name: text('The module: rewrite.'),
    state: choice(['absent', 'present'], 'Whether it is to be on.', { default: 'present' }),
    force: bool('Switch it off though Debian thinks it essential.', { default: false }),
    identifier: optional(text('Accepted; a module is known by its file in mods-enabled.')),
    ignore_configcheck: bool('Accepted; Apache is not asked.', { default: false }),
    warn_mpm_absent: bool('Accepted.', { default: true }),
  }),
  plan: ({ name, state, force }, planning) => {
    const { files } = planning
    if (!/^[\w.-]+$/.test(name)) return failed(`'${name}' is no name of a module`)
    const program = state === 'present' ? 'a2enmod' : 'a2dismod'
    if (!files.exists(`/usr/sbin/${program}`))
      return failed(`${program} not found. Perhaps this system does not use ${program} to manage apache`)
    const isOn = (module: string) => isThere(posix.join(ENABLED, `${module}.load`), planning)
    const told = state === 'present' ? 'enabled' : 'disabled'
    const result = { name, result: `Module ${name} ${told}` }
    if (isOn(name) === (state === 'present')) return unchanged(result)
    if (state === 'absent') {
      const needing = dependents(name, planning)
      if (needing.length > 0 && !force)
        return failed(`module ${name} is needed by ${needing.join(', ')}, which is on`, result)
      return switching(program, [name], force, result, planning)
    }
    if (!isThere(posix.join(AVAILABLE, `${name}.load`), planning))
      return failed(
        `Failed to set module ${name} to enabled: there is no ${name}.load in ${AVAILABLE}`,
        result,
      )
    const needed = withDependencies(name, planning).filter((each) => !isOn(each))
    const rival = needed
      .flatMap((each) => wordsOf('Conflicts', each, planning).map((other) => [each, other] as const))
      .find(([, other]) => isOn(other))
    if (rival)
      return failed(
        `module ${rival[0]} conflicts with ${rival[1]}, which is on: switch that off first`,
        result,
      )
    return switching(program, needed, force, result, planning)
  },
})

function switching(
  program: 'a2enmod' | 'a2dismod',
  modules: readonly string[],
  force: boolean,
  result: { name: string; result: string },
  planning: Planning,
) {
  const on = program === 'a2enmod'
  const parent = planning.files.container(ENABLED).status
  const { owner, group } = newAttributes(
    'file',
    parent.type === 'directory' ? parent : undefined,
    {},
    planning,
  )
  const links = modules.flatMap((module) =>
    ['load', 'conf'].flatMap((end) => {
      const file = `${module}.${end}`
      const concerned = posix.join(on ? AVAILABLE : ENABLED, file)
      return isThere(concerned, planning) ? [file] : []
    }),
  )
  return change({
    diff: modules.map((module) => ({
      path: `Apache module ${module}`,
      attributes: [{ name: 'state', before: on ? 'off' : 'on', after: on ? 'on' : 'off' }],
    })),
    script: sh`PATH=$PATH:/usr/sbin:/sbin; ${program} -q ${force && !on ? ['-f'] : []} ${modules} >&2`,
    after: links.flatMap((file) => {
      const at = posix.join(ENABLED, file)
      if (!on) return absentEffects(at)
      const link = { type: 'link' as const, mode: 0o777, owner, group, target: `../mods-available/${file}` }
      return [effect(pathKind, at, presentPath(link))]
    }),
    result,
  })
}

function isThere(path: string, { files }: Planning): boolean {
  return files.lstat(path).status.type !== 'absent'
}

/** What a module's file says in a comment that it depends on, or conflicts with. */
function wordsOf(what: 'Depends' | 'Conflicts', module: string, { files }: Planning): string[] {
  const text = files.read(posix.join(AVAILABLE, `${module}.load`))?.toString('latin1') ?? ''
  const line = new RegExp(`^#\\s*${what}:\\s*(.*)$`, 'mi').exec(text)?.[1] ?? ''
  return line.split(/[\s,]+/).filter(Boolean)
}

/** A module after all that it depends on. */
function withDependencies(module: string, planning: Planning, around: readonly string[] = []): string[] {
  if (around.includes(module)) return []
  const needed = wordsOf('Depends', module, planning)
  return [
    ...new Set([...needed.flatMap((each) => withDependencies(each, planning, [...around, module])), module]),
  ]
}

/** The modules that are on and depend on one. */
function dependents(module: string, planning: Planning): string[] {
  return (planning.files.list(ENABLED) ?? [])
    .filter((name) => name.endsWith('.load'))
    .map((name) => name.slice(0, -'.load'.length))
    .filter((each) => each !== module && wordsOf('Depends', each, planning).includes(module))
}
