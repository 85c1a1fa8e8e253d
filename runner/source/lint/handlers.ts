import { Template } from '../../variables/template.ts'
import { own, type Value } from '../../variables/value.ts'
import { aheadOf } from '../ahead.ts'
import type { Diagnostic } from '../diagnostic.ts'
import { roleOf, type Node, type Play, type Task } from '../model.ts'
import { suggestion } from '../nearest.ts'
import { locate } from '../positions.ts'
import { visitBlocks, visitTasks } from './visit.ts'

/** `notify` of handlers that nobody defines. */
export function checkHandlers(plays: readonly Play[]): Diagnostic[] {
  return plays.flatMap((play) => {
    const visits = [...visitTasks(play)]
    // What a role that is not known yet brings cannot be told.
    if (visits.some(({ task }) => task.action === 'include_role' && !aheadOf(task))) return []
    const handlers = visits.map(({ task }) => task).filter(({ handler }) => handler)
    const names = handlers.flatMap(namesOf)
    const patterns = names.flatMap((name) => (name instanceof Template ? [patternOf(name)] : []))
    const known = new Set(names.filter((name) => typeof name === 'string'))
    return [...visits.map(({ task }) => task), ...visitBlocks(play)].flatMap((node) =>
      notified(node).flatMap(({ name, location }): Diagnostic[] => {
        if (known.has(name) || patterns.some((pattern) => pattern.test(name))) return []
        const message = `no handler is named '${name}', and none listens to it`
        const hint =
          suggestion(name, known) ?? `define it under 'handlers:' of the play or in a role's handlers`
        return [{ severity: 'error', message, location, hint }]
      }),
    )
  })
}

/** Every name by which a handler can be notified: its own and its topics, each also with the role's name before it. */
function namesOf(handler: Task): (string | Template)[] {
  const role = roleOf(handler)?.role
  const listen = own(handler.keywords, 'listen')
  const topics: readonly Value[] = Array.isArray(listen) ? listen : listen === undefined ? [] : [listen]
  const names = [handler.name ?? handler.action, ...topics.map(text)]
  if (role === undefined) return names
  return names.flatMap((name) => [name, ofRole(role.name, name)])
}

function ofRole(role: string, name: string | Template): string | Template {
  return name instanceof Template
    ? new Template(`${role} : ${name.source}`, name.location)
    : `${role} : ${name}`
}

function text(value: Value): string | Template {
  return value instanceof Template ? value : (value as string)
}

/** The names that are written as they are; what a template gives is not known. */
function notified(node: Node): { name: string; location: ReturnType<Node['locate']> }[] {
  const value = own(node.keywords, 'notify')
  const list: Value[] = Array.isArray(value) ? value : value === undefined ? [] : [value]
  return list.flatMap((name, index) => {
    if (typeof name !== 'string') return []
    const location = Array.isArray(value) ? locate(value, index) : undefined
    return [{ name, location: location ?? node.locate('notify') }]
  })
}

function patternOf({ source }: Template): RegExp {
  const parts = source
    .split(/\{\{.*?\}\}/s)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('.*')}$`, 's')
}
