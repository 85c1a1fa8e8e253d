import { join } from 'node:path'
import { isDict, own } from '../variables/value.ts'
import type { Block, RoleUse, Task } from './model.ts'

/**
 * The task that checks a role's arguments before anything of it runs, when its `meta/argument_specs.yml` describes the
 * entry point. Always runs, whatever tags are chosen.
 */
export function validationTask({ role, entryPoint, params }: RoleUse, parent: Block): Task[] {
  const name = entryPoint.replace(/\.(?:ya?ml|json)$/, '')
  const specification = own(role.argumentSpecs, name)
  if (!isDict(specification)) return []
  const { location } = parent
  const about = own(specification, 'short_description')
  const title = `Validating arguments against arg spec '${name}'`
  return [
    {
      kind: 'task',
      location,
      name: typeof about === 'string' ? `${title} - ${about}` : title,
      keywords: { tags: ['always'] },
      parent,
      locate: () => location,
      file: join(role.directory, 'meta', 'argument_specs.yml'),
      action: 'validate_argument_spec',
      writtenAction: 'ansible.builtin.validate_argument_spec',
      args: {
        argument_spec: own(specification, 'options') ?? {},
        provided_arguments: params,
        validate_args_context: {
          type: 'role',
          name: role.name.split('.').at(-1)!,
          argument_spec_name: name,
          path: role.directory,
        },
      },
      handler: false,
      locateArgument: () => location,
    },
  ]
}
