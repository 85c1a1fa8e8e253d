import { textOf } from '../variables/text.ts'
import { evaluate } from '../expressions/evaluate.ts'
import { type Layer, Scope } from '../variables/scope.ts'
import type { Template } from '../variables/template.ts'

/** Evaluates a template in a static import, which sees only what is known before a host is: extra variables. */
export function resolveStatic(template: Template, extraVars: Layer): string {
  return textOf(
    evaluate(
      template,
      new Scope([extraVars], { playbookDir: process.cwd(), searchPath: () => [process.cwd()] }),
    ),
  )
}
