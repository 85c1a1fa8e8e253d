import { evaluate } from '../expressions/evaluate.ts'
import { type Dict, isDict, own, type Value } from '../variables/value.ts'
import { argumentErrors } from './argument-errors.ts'
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
    const about: Dict = { validate_args_context: own(args, 'validate_args_context') ?? {} }
    const errors = argumentErrors(options, given)
    if (errors.length === 0)
      return { changed: false, result: { msg: 'The arg spec validation passed', ...about } }
    return {
      changed: false,
      failed: true,
      result: {
        msg: `Validation of arguments failed:\n${errors.join('\n')}`,
        argument_errors: errors,
        argument_spec_data: options,
        ...about,
      },
    }
  })
}
