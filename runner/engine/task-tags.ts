import { evaluate } from '../expressions/evaluate.ts'
import { accumulated, type Node } from '../source/model.ts'
import type { Scope } from '../variables/scope.ts'
import { type TagSelection, tagsSelect } from './tags.ts'
import { textOf } from '../variables/text.ts'

/** Whether the tags around a node are among those the run asks for. */
export function taskTagsSelected(node: Node, scope: Scope, selection: TagSelection): boolean {
  return tagsSelect(tagsOf(node, scope), selection)
}

/** Every tag of a node, its own and those it inherits. */
export function tagsOf(node: Node, scope: Scope): string[] {
  return accumulated(node, 'tags').flatMap(({ value }) => {
    const tags = evaluate(value, scope)
    return (Array.isArray(tags) ? tags : [tags])
      .flatMap((tag) => textOf(tag).split(','))
      .map((tag) => tag.trim())
  })
}
