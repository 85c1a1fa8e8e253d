/** Which tags a run asks for, as `--tags` and `--skip-tags` give them. */
export interface TagSelection {
  readonly only: readonly string[]
  readonly skip: readonly string[]
}

/**
 * Whether a task with these tags runs.
 *
 * @source https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_tags.html
 */
export function tagsSelect(tags: readonly string[], { only, skip }: TagSelection): boolean {
  return wanted(tags, only) && !unwanted(tags, skip)
}

function wanted(tags: readonly string[], only: readonly string[]): boolean {
  const never = tags.includes('never')
  if (only.length === 0) return !never
  if (tags.includes('always')) return true
  if (tags.some((tag) => only.includes(tag))) return true
  if (only.includes('all') && !never) return true
  if (only.includes('tagged') && tags.length > 0 && !never) return true
  return only.includes('untagged') && tags.length === 0
}

function unwanted(tags: readonly string[], skip: readonly string[]): boolean {
  if (skip.length === 0) return false
  if (tags.some((tag) => skip.includes(tag))) return true
  if (skip.includes('all')) return !tags.includes('always')
  if (skip.includes('tagged') && tags.length > 0) return true
  return skip.includes('untagged') && tags.length === 0
}
