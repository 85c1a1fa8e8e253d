import type { Template } from '../variables/template.ts'
import type { Dict, Value } from '../variables/value.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { Location } from './location.ts'

/**
 * Plays, blocks and tasks as they were written, checked and with every static import in place. Values are not
 * evaluated yet: a `Template` stands wherever the author wrote `{{ … }}`.
 */

/** What plays, blocks and tasks have in common. Keywords that are inherited are found by walking up `parent`. */
export interface Node {
  readonly location: Location
  readonly name?: string | Template
  /** Keywords by Ansible's names, as written at this node only (`become`, `when`, `tags`, `vars`, …). */
  readonly keywords: Dict
  readonly parent?: Play | Block
  /** Where a keyword's value stands; the node's own place when the keyword is not written here. */
  locate(keyword: string): Location
}

export interface Play extends Node {
  readonly kind: 'play'
  /** Path of the playbook file and its directory. */
  readonly file: string
  readonly directory: string
  readonly preTasks: readonly Step[]
  /**
   * One block for each entry of `roles:`, its dependencies' blocks before it. A dependency's `parent` is the block of
   * the role that needs it, from which it inherits as Ansible has it.
   */
  readonly roles: readonly Block[]
  readonly tasks: readonly Step[]
  readonly postTasks: readonly Step[]
  /** Handlers of the play and of its static roles, in the order in which they run. */
  readonly handlers: readonly Step[]
}

export type Step = Block | Task

/** `block:`, a static import, or a role's use. */
export interface Block extends Node {
  readonly kind: 'block'
  readonly block: readonly Step[]
  readonly rescue: readonly Step[]
  readonly always: readonly Step[]
  /** Set on the block that stands for a role's use; tasks below find their role by walking up. */
  readonly role?: RoleUse
  /** The dynamic include that it stands for. */
  readonly include?: Task
}

export interface Task extends Node {
  readonly kind: 'task'
  /** The file the task was written in: decides where relative `src:` and includes are looked for. */
  readonly file: string
  /** Short canonical module name (`copy`, also for `ansible.builtin.copy`), or an action of the engine (`meta`, `include_tasks`). */
  readonly action: string
  /**
   * `action: "{{ ansible_pkg_mgr }} name=x"`: gives the module's name when the task runs; `action` is then its text, and
   * `resolveAction` makes the task that is meant.
   */
  readonly actionTemplate?: Template
  /** The name as written (`ansible.builtin.copy`). */
  readonly writtenAction: string
  /** Arguments as written, with the free form under the module's free-form argument. */
  readonly args: Dict
  /** `args: "{{ … }}"` or `copy: "{{ … }}"`: a template that gives the whole dictionary. */
  readonly argsTemplate?: Template
  readonly handler: boolean
  /** What is wrong with its keywords or arguments, where the author says that it may fail: told when it runs. */
  readonly wrong?: readonly Diagnostic[]
  /** Where an argument's value stands. */
  locateArgument(argument: string): Location
}

/** A role as it lies on disk, loaded once. */
export interface Role {
  readonly name: string
  readonly directory: string
  readonly defaults: Dict
  readonly vars: Dict
  /** `meta/argument_specs.yml`: entry point to specification. */
  readonly argumentSpecs: Dict
  /** Where a default or a variable stands. */
  locateVariable(kind: 'defaults' | 'vars', name: string): Location | undefined
}

/** One use of a role, with the parameters given there. */
export interface RoleUse {
  readonly role: Role
  readonly params: Dict
  /** From which task file (`main` unless `tasks_from` says otherwise). */
  readonly entryPoint: string
  /** Whether its variables and defaults are visible to the whole play (a static use) or only to itself. */
  readonly public: boolean
  /** The roles that brought it here as a dependency or include it, nearest first. */
  readonly parents: readonly Role[]
  /** Its dependencies and theirs, in the order in which they run. */
  readonly dependencies: readonly Role[]
  /** Two uses with the same key are one and the same to Ansible: the second does not run, unless duplicates are allowed. */
  readonly key: string
  readonly allowDuplicates: boolean
}

/** The nearest value of an inherited keyword, from the node upwards. */
export function inherited(node: Node, keyword: string): { value: Value; node: Node } | undefined {
  for (let at: Node | undefined = node; at !== undefined; at = at.parent) {
    if (Object.hasOwn(at.keywords, keyword)) return { value: at.keywords[keyword]!, node: at }
  }
  return undefined
}

/** Every value of an accumulating keyword (`when`, `tags`, `vars`, `environment`), outermost first. */
export function accumulated(node: Node, keyword: string): { value: Value; node: Node }[] {
  const found: { value: Value; node: Node }[] = []
  for (let at: Node | undefined = node; at !== undefined; at = at.parent) {
    if (Object.hasOwn(at.keywords, keyword)) found.unshift({ value: at.keywords[keyword]!, node: at })
  }
  return found
}

/** Whether a node is a task that brings others when it runs. */
export function isInclude(node: Node): boolean {
  const { action } = node as Partial<Task>
  return action === 'include_tasks' || action === 'include_role'
}

/** The use of a role that a node stands in, if any. */
export function roleOf(node: Node): RoleUse | undefined {
  for (let at: Node | undefined = node; at !== undefined; at = at.parent) {
    if ('kind' in at && at.kind === 'block' && (at as Block).role) return (at as Block).role
  }
  return undefined
}
