/**
 * One thing that people write in playbooks, as a small playbook of its own. It is run as a dry run on a machine where
 * nothing of it has happened yet, then for real, and nothing that was foretold may be wrong.
 */
export interface Idiom {
  readonly name: string
  /** The tasks, as YAML, of one play for all hosts as root without facts. */
  readonly tasks?: string
  readonly handlers?: string
  /** Whole plays instead. */
  readonly plays?: string
  /** Files beside the playbook, by name. */
  readonly files?: Readonly<Record<string, string>>
  /** What the machine's root does beforehand. */
  readonly before?: string
  /** Tasks that only a real run can tell; every other task must be foretold. */
  readonly unknown?: readonly string[]
  /** Tasks that fail, in both runs; every other task must not. */
  readonly fails?: readonly string[]
}
