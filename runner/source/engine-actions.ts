import { Type } from 'typebox'
import * as argument from '../modules/arguments.ts'
import type { ModuleDefinition } from './options.ts'

/** Actions that steer the run itself; the engine carries them out, no module does. */
export function engineAction(name: string): ModuleDefinition | undefined {
  return Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined
}

export function engineActionNames(): string[] {
  return Object.keys(ACTIONS)
}

const { args, optional, path, text, bool, dict, list, item, choice, raw } = argument

const file = optional(path('The file with tasks, relative to the file that names it.'))

const roleArguments = {
  name: text('The role.', { aliases: ['role'] }),
  tasks_from: optional(text('The task file to begin with, instead of `main`.')),
  vars_from: optional(text('The vars file, instead of `main`.')),
  defaults_from: optional(text('The defaults file, instead of `main`.')),
  handlers_from: optional(text('The handlers file, instead of `main`.')),
  allow_duplicates: optional(bool('Whether the role may run more than once.')),
  rolespec_validate: optional(bool('Whether to check the role’s arguments against its specification.')),
  public: optional(bool('Whether the role’s variables stay visible to the tasks that follow.')),
}

const ACTIONS: Readonly<Record<string, ModuleDefinition>> = {
  meta: {
    name: 'meta',
    freeForm: 'free_form',
    args: args({
      free_form: choice(
        [
          'flush_handlers',
          'end_play',
          'end_host',
          'end_batch',
          'end_role',
          'clear_facts',
          'clear_host_errors',
          'refresh_inventory',
          'reset_connection',
          'noop',
        ],
        'What to do.',
      ),
    }),
  },
  include_tasks: {
    name: 'include_tasks',
    freeForm: 'file',
    args: args({ file, apply: optional(dict('Keywords for the included tasks.')) }),
  },
  import_tasks: { name: 'import_tasks', freeForm: 'file', args: args({ file }) },
  include_role: {
    name: 'include_role',
    args: args({ ...roleArguments, apply: optional(dict('Keywords for the role’s tasks.')) }),
  },
  import_role: { name: 'import_role', args: args(roleArguments) },
  add_host: {
    name: 'add_host',
    args: Type.Object(
      {
        name: text('The host.', { aliases: ['hostname', 'host'] }),
        groups: optional(raw('The groups it is put into.', { aliases: ['group', 'groupname'] })),
      },
      { additionalProperties: Type.Unknown() },
    ),
  },
  group_by: {
    name: 'group_by',
    args: args({
      key: text('The name of the group.'),
      parents: optional(raw('The groups it is put under.')),
    }),
  },
  include_vars: {
    name: 'include_vars',
    freeForm: 'file',
    args: args({
      file: optional(path('The file with variables.')),
      dir: optional(path('A directory of such files.')),
      name: optional(text('A variable to put them under.')),
      depth: optional(argument.int('How many levels of directories to read; 0: all.')),
      files_matching: optional(text('Only files whose name matches this regular expression.')),
      ignore_files: optional(list(item.text, 'Files to leave out.')),
      extensions: optional(list(item.text, 'Only files with these extensions.')),
      ignore_unknown_extensions: optional(bool('Whether to leave out other extensions instead of failing.')),
      hash_behaviour: optional(choice(['replace', 'merge'], 'What becomes of dictionaries that exist.')),
    }),
  },
  set_stats: {
    name: 'set_stats',
    args: args({
      data: raw('The values by name.'),
      per_host: optional(raw('Whether they are of the host, not of the run.')),
      aggregate: optional(raw('Whether they are added to those that are there.')),
    }),
  },
  validate_argument_spec: {
    name: 'validate_argument_spec',
    args: args({
      argument_spec: dict('The specification.'),
      provided_arguments: optional(dict('The arguments to check.')),
      validate_args_context: optional(raw('What the arguments belong to.')),
    }),
  },
}
