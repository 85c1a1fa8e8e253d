import { isDict, own, type Value } from '../variables/value.ts'
import type { Task } from './model.ts'
import { locate } from './positions.ts'
import { emptyBlock, type OpenBlock } from './steps.ts'

/**
 * The block that stands for a dynamic include: its steps inherit the include's `vars` and what `apply` says, and what
 * the include itself inherits.
 */
export function includeBlock(task: Task): OpenBlock {
  const { name, location } = task
  const apply = own(task.args, 'apply')
  const applied = isDict(apply) ? apply : {}
  const vars = [own(task.keywords, 'vars'), own(applied, 'vars')].filter(isDict)
  const keywords = new Map<string, Value>(Object.entries(applied))
  if (vars.length > 0) keywords.set('vars', Object.fromEntries(vars.flatMap((each) => Object.entries(each))))
  const place = (keyword: string) => locate(applied, keyword) ?? task.locate(keyword)
  const block = emptyBlock(
    { name, location, keywords: Object.fromEntries(keywords), locate: place },
    task.parent,
  )
  return { ...block, include: task }
}
