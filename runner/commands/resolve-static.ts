import { evaluate } from '../expressions/evaluate.ts'
import { accumulated, type Node } from '../source/model.ts'
import { dictLayer, type Layer, Scope } from '../variables/scope.ts'
import { textOf } from '../variables/text.ts'
import type { Template } from '../variables/template.ts'
import { isDict } from '../variables/value.ts'

/** Evaluates a template in a static import: it sees what is known before any host is, extra variables and `vars` around it. */
export function resolveStatic(template: Template, node: Node | undefined, extraVars: Layer): string {
  const written = node === undefined ? [] : accumulated(node, 'vars').reverse()
  const layers = written.flatMap(({ value }) => (isDict(value) ? [dictLayer('vars', value)] : []))
  const surroundings = { playbookDir: process.cwd(), searchPath: () => [process.cwd()] }
  return textOf(evaluate(template, new Scope([extraVars, ...layers], surroundings)))
}
