import { evaluate } from '../expressions/evaluate.ts'
import { inherited, type Node } from '../source/model.ts'
import type { Scope } from '../variables/scope.ts'
import { omit, type Value } from '../variables/value.ts'

/** What an inherited keyword says at a node, evaluated. One that is `omit` says nothing: what stands above it counts. */
export function settingOf(node: Node, keyword: string, scope: Scope): Value | undefined {
  let written = inherited(node, keyword)
  while (written !== undefined) {
    const value = evaluate(written.value, scope)
    if (value !== omit) return value
    const { parent } = written.node
    written = parent && inherited(parent, keyword)
  }
  return undefined
}
