import { evaluate } from '../expressions/evaluate.ts'
import { specificationSchema } from '../modules/argument-spec.ts'
import { normalizeArguments } from '../modules/normalize.ts'
import { type Dict, isDict, own, type Value } from '../variables/value.ts'
import { type ControlResult, runControlTask } from './control-task.ts'
import type { TaskContext, TaskEnd } from './task.ts'

/** `validate_argument_spec`: checks a role's variables against its specification before the role does anything. */
export async function validateArguments(context: TaskContext): Promise<TaskEnd> {
  return runControlTask(context, (args, scope): ControlResult => {
    const specification = own(args, 'argument_spec')
    const options = specification !== undefined && isDict(specification) ? specification : {}
    const provided = own(args, 'provided_arguments')
    const given: Dict = provided !== undefined && isDict(provided) ? { ...provided } : {}
    for (const name of Object.keys(options)) {
      const written: Value | undefined = scope.get(name)
      if (written !== undefined) given[name] = evaluate(written, scope)
    }
    const normal = normalizeArguments({ name: 'role', args: specificationSchema(options) }, given)
    if (!('errors' in normal)) return { changed: false, result: { msg: 'The arg spec validation passed' } }
    return {
      changed: false,
      failed: true,
      result: {
        msg: `Validation of arguments failed:\n${normal.errors.join('\n')}`,
        argument_errors: [...normal.errors],
        argument_spec_data: options,
      },
    }
  })
}
