import type { LoadOptions } from '../options.ts'

export interface LintOptions extends Pick<LoadOptions, 'modules' | 'decrypt'> {
  /** Variables that are set elsewhere: in the inventory, `group_vars`, `host_vars` and on the command line. */
  readonly variables?: Iterable<string>
}
