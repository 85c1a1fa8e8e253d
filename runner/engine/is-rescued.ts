import type { Task } from '../source/model.ts'

/** Whether a `rescue` stands around the task, in whose `block` it is. */
export function isRescued(task: Task): boolean {
  for (let child: Task | NonNullable<Task['parent']> = task; child.parent; child = child.parent) {
    const around = child.parent
    const step = (child.kind === 'block' && child.include) || (child as Task)
    if (around.kind === 'block' && around.rescue.length > 0 && around.block.includes(step)) return true
  }
  return false
}
