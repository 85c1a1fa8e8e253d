import { own } from '../../variables/value.ts'
import type { Diagnostic } from '../diagnostic.ts'
import { lineAt } from '../format.ts'
import type { Play, Task } from '../model.ts'
import type { ModuleDefinition } from '../options.ts'
import { findModule } from '../module-names.ts'
import { visitTasks } from './visit.ts'
import type { LintOptions } from './options.ts'

/** `mode: 644`: a decimal number, which means quite another mode than `0644`. */
export function checkModes(plays: readonly Play[], { modules }: LintOptions): Diagnostic[] {
  return plays.flatMap((play) =>
    [...visitTasks(play)].flatMap(({ task }) => {
      const definition = findModule(task.action, modules)
      return definition === undefined
        ? []
        : modeArguments(definition).flatMap((argument) => check(task, argument))
    }),
  )
}

function check(task: Task, argument: string): Diagnostic[] {
  if (typeof own(task.args, argument) !== 'number') return []
  // The value itself does not tell: `0644` and `420` are the same number.
  const location = task.locateArgument(argument)
  const [written] = /^[1-9][0-7]{2,3}\b/.exec(lineAt(location)?.slice(location.column - 1) ?? '') ?? []
  if (written === undefined) return []
  const means = Number(written).toString(8).padStart(4, '0')
  return [
    {
      severity: 'error',
      message: `'${argument}: ${written}' is the mode ${means}`,
      location,
      hint: `write '${written.padStart(4, '0')}', in quotes`,
    },
  ]
}

/** The names, aliases too, of arguments that are modes. */
function modeArguments({ args }: ModuleDefinition): string[] {
  const properties = Object.entries(args.properties) as [string, { ansible?: string; aliases?: string[] }][]
  return properties.flatMap(([name, { ansible, aliases = [] }]) =>
    ansible === 'mode' ? [name, ...aliases] : [],
  )
}
