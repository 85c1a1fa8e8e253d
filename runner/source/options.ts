import type { ArgumentDefinition } from '../modules/normalize.ts'
import type { Template } from '../variables/template.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { Node } from './model.ts'
import type { Decrypt } from './vault.ts'

/** The modules that tasks may name. */
export interface ModuleTable {
  /** By short name or another name of the module, without a collection's prefix. */
  get(name: string): ModuleDefinition | undefined
  /** Short names, for suggestions. */
  names(): Iterable<string>
  /** A module of the author's own, which goes before one of that name that is built in. */
  own?(name: string): ModuleDefinition | undefined
  /** Takes in the modules of a playbook's or role's directory. */
  adopt?(directory: string): void
}

/** What the loading of a playbook needs to know of a module. */
export interface ModuleDefinition extends ArgumentDefinition {
  /** The canonical short name. */
  readonly name: string
  /** Known by name only: a task that runs it fails. */
  readonly foreign?: boolean
}

export interface LoadOptions {
  readonly modules: ModuleTable
  /** The project's directory, where `playbooks/` and `roles/` are. @default the working directory */
  readonly cwd?: string
  /** More directories in which roles are looked for, before the usual ones. */
  readonly rolesPath?: readonly string[]
  readonly decrypt?: Decrypt
  /**
   * The value of a template in the name of something that is imported statically, from extra variables and what the
   * author wrote at `at` and above. Throws when it needs more than these.
   */
  readonly resolveStatic?: (template: Template, at: Node) => string
  /**
   * Which dynamic includes to read before the run: those that are sure to run, all of them (a missing file is then a
   * mistake), or none. What was read is found by `aheadOf`.
   * @default 'sure'
   */
  readonly ahead?: 'sure' | 'all' | 'none'
  /** Called for what is not wrong enough to stop. */
  readonly onWarning?: (warning: Diagnostic) => void
}
