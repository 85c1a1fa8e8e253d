import type { TObject } from 'typebox'
import type { Files } from '../host/files.ts'
import type { State } from '../host/state.ts'
import type { Identity } from '../resources/identity.ts'
import type { AnyResource } from '../resources/resource.ts'
import type { Location } from '../source/location.ts'
import type { Unknown } from '../variables/unknown.ts'
import type { Dict, Value } from '../variables/value.ts'
import type { Arguments } from './arguments.ts'
import type { AuthorFiles } from './author-files.ts'
import type { Outcome } from './outcome.ts'

/**
 * A module: its arguments, and a pure plan from what is known of the host to an outcome. It never learns whether the
 * run is a dry one. A new module is one file here and a line in `table.ts`.
 */
export interface Module<Schema extends TObject = TObject> {
  /** Ansible's short name. */
  readonly name: string
  /** Other short names (`systemd_service` for `systemd`). */
  readonly aliases?: readonly string[]
  /** One sentence for `play doc`. */
  readonly summary: string
  /** What a dry run tells of it, where that is not the whole change. */
  readonly preview?: string
  readonly args: Schema
  /** The argument that free-form text goes to (`command: echo hi` is `cmd`). */
  readonly freeForm?: string
  /** Arguments the module evaluates itself, because they are bare expressions (`that` of `assert`, `var` of `debug`). */
  readonly expressions?: readonly string[]
  /** Arguments in which it can deal with an unknown value; an unknown elsewhere makes the task unknown. `*`: in all. */
  readonly takesUnknown?: readonly string[]
  /** It is given secrets as secrets, because it only hands them on; another module gets their plain text. */
  readonly keepsSecrets?: boolean
  /** A hint: what the plan will ask for, so that it comes with the first read. */
  readonly reads?: (args: Arguments<Schema>) => readonly AnyResource[]
  /** A hint: what it will ask for later on, to come along when the host is asked for something anyway. */
  readonly readsLater?: (args: Arguments<Schema>, user: string) => readonly AnyResource[]
  /** It only looks: whatever becomes of it, the host stays as it is. */
  readonly looksOnly?: boolean
  /** The arguments that name all it changes: these paths, and what is below them. Without it, it may change anything. */
  readonly touches?: readonly string[]
  /** Known by name only: playbooks may name it, and a task that runs it fails. */
  readonly foreign?: boolean
  /** Runs without a host connection: nothing is read or sent. */
  readonly controllerOnly?: boolean
  /** Pure but for reading the author's files. May run several times. @throws {Miss} @throws {UnknownRead} */
  readonly plan: (args: Arguments<Schema>, planning: Planning) => Outcome
}

// oxlint-disable-next-line typescript/no-explicit-any
export type AnyModule = Module<any>

/** What a plan may use. */
export interface Planning {
  /** What is known of the host's resources. */
  readonly state: State
  /** The same as a file system. */
  readonly files: Files
  /** The same plan against another state: what would be after a first step. */
  against(state: State): Planning
  /** The user the task runs as on the host. */
  identity(): Identity
  /** The author's files on this side: `files/`, `templates/` of the role or playbook, absolute paths. */
  readonly author: AuthorFiles
  /** Renders an author's template file with the task's variables. */
  render(file: string, options?: Dict): { text: string | Unknown }
  /** Evaluates an author's bare expression (`var: result.stdout`). */
  evaluate(expression: Value): Value
  /** Evaluates an author's bare condition. */
  condition(condition: Value): boolean | Unknown
  /** A variable of the host, evaluated; undefined when there is none. */
  variable(name: string): Value | undefined
  /** The `environment:` of the task. */
  readonly environment: Readonly<Record<string, string>>
  /** Where the task stands, for reasons and messages. */
  readonly location: Location
}

export function defineModule<Schema extends TObject>(module: Module<Schema>): Module<Schema> {
  return module
}
