import { evaluate } from '../expressions/evaluate.ts'
import type { AnyModule } from '../modules/module.ts'
import { accumulated, type Task } from '../source/model.ts'
import type { Scope } from '../variables/scope.ts'
import { isDict, own, type Value } from '../variables/value.ts'

/**
 * What `module_defaults` around a task say of its module, the innermost last. Groups (`group/…`) are not known here.
 *
 * @source https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_module_defaults.html
 */
export function moduleDefaults(task: Task, module: AnyModule, scope: Scope): [string, Value][] {
  const names = new Set([
    task.writtenAction,
    task.action,
    module.name,
    `ansible.builtin.${module.name}`,
    `ansible.legacy.${module.name}`,
  ])
  return accumulated(task, 'module_defaults').flatMap(({ value }) => {
    const evaluated = evaluate(value, scope)
    const sets: Value[] = Array.isArray(evaluated) ? evaluated : [evaluated]
    return sets.flatMap((set) => {
      if (!isDict(set)) return []
      return [...names].flatMap((name) => {
        const defaults = own(set, name)
        return defaults !== undefined && isDict(defaults) ? Object.entries(defaults) : []
      })
    })
  })
}
