import type { Task } from '../source/model.ts'

/** Whether a `rescue` stands around the task, in whose `block` it is. */
export function isRescued(task: Task): boolean {
  for (let child: Task | NonNullable<Task['parent']> = task; child.parent; child = child.parent) {
    const around = child.parent
    if (around.kind === 'block' && around.rescue.length > 0 && around.block.includes(child as Task))
      return true
  }
  return false
}
