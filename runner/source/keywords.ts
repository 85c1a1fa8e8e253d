import type { TSchema } from 'typebox'
import { Type } from '../variables/schema.ts'

/**
 * Every keyword of the language, once: where it may stand, what it may hold, and what it is for. Ajv checks values
 * against these schemas, and the editor's schema is made of them. A `Template` may stand for any value but those
 * marked `literal`.
 *
 * @source https://docs.ansible.com/ansible/latest/reference_appendices/playbooks_keywords.html
 */
export interface Keyword {
  readonly on: readonly Place[]
  readonly schema: TSchema
  /** It is needed before anything can be evaluated, so no template may stand for the whole of it. */
  readonly literal?: boolean
  /** What Ansible says of a value that is none. */
  readonly ansible?: (value: unknown) => string
}

/** What a keyword can stand on. `import` is an `import_playbook`. */
export type Place = 'play' | 'role' | 'block' | 'task' | 'handler' | 'import'

/** Validated by `template` in check-value.ts: a `Template` object. */
const template = Type.Unsafe({ template: true })
const orTemplate = (schema: TSchema, expects: string) => Type.Union([schema, template], { expects })

const WORDS =
  '^(?:[Yy]|[Yy]es|YES|[Nn]|[Nn]o|NO|[Tt]|[Tt]rue|TRUE|[Ff]|[Ff]alse|FALSE|[Oo]n|ON|[Oo]ff|OFF|0|1)$'
const bool = (description: string) =>
  Type.Union([Type.Boolean(), Type.String({ pattern: WORDS }), Type.Integer({ minimum: 0, maximum: 1 })], {
    description,
    expects: 'true or false',
  })
const scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean()])
const text = (description: string) => Type.Union([scalar], { description, expects: 'text' })
const whole = (description: string, minimum = 0) =>
  Type.Union([Type.Integer({ minimum }), Type.String({ pattern: '^\\s*-?\\d+\\s*$' })], {
    description,
    expects: 'a whole number',
  })
const decimal = (description: string) =>
  Type.Union([Type.Number({ minimum: 0 }), Type.String({ pattern: '^\\s*\\d+(?:\\.\\d*)?\\s*$' })], {
    description,
    expects: 'a number',
  })
const dicts = (description: string) =>
  Type.Union(
    [
      Type.Record(Type.String(), Type.Unknown()),
      Type.Array(orTemplate(Type.Record(Type.String(), Type.Unknown()), 'a dictionary')),
      Type.Null(),
    ],
    {
      description,
      expects: 'a dictionary',
    },
  )
const words = (description: string) =>
  Type.Union([scalar, Type.Array(orTemplate(scalar, 'text'))], {
    description,
    expects: 'text or a list of texts',
  })
const condition = (description: string) =>
  Type.Union(
    [scalar, Type.Null(), Type.Array(orTemplate(Type.Union([scalar, Type.Null()]), 'a condition'))],
    {
      description,
      expects: 'a condition or a list of conditions',
    },
  )
const steps = (description: string) =>
  Type.Union([Type.Array(Type.Unknown()), Type.Null()], { description, expects: 'a list of tasks' })
const malformedBlock = (key: string) => (value: unknown) =>
  `A malformed block was encountered while loading ${key}: ${String(value)} should be a list or None`
const ALL: readonly Place[] = ['play', 'role', 'block', 'task', 'handler']
const PLAY: readonly Place[] = ['play']
const BLOCK: readonly Place[] = ['block']
const TASKS: readonly Place[] = ['task', 'handler']
const INSIDE: readonly Place[] = ['role', 'block', 'task', 'handler']

export const KEYWORDS: Readonly<Record<string, Keyword>> = {
  name: {
    on: [...ALL, 'import'],
    schema: Type.Union([scalar, Type.Null()], { expects: 'text', description: 'A name to show.' }),
  },
  any_errors_fatal: { on: ALL, schema: bool('Whether one host’s failure ends the play for every host.') },
  become: { on: ALL, schema: bool('Whether to become another user.') },
  become_exe: { on: ALL, schema: text('The program to become another user with.') },
  become_flags: { on: ALL, schema: text('Options for that program.') },
  become_method: { on: ALL, schema: text('How to become another user: `sudo`.') },
  become_user: { on: ALL, schema: text('The user to become. Needs `become`.') },
  check_mode: { on: ALL, schema: bool('True: always only predict. False: run also in a dry run.') },
  collections: {
    on: ALL,
    schema: Type.Union([Type.Array(scalar), scalar, Type.Null()], {
      description: 'Accepted for compatibility.',
      expects: 'a list of texts',
    }),
  },
  connection: { on: ALL, schema: text('The connection to use: `ssh`, `local`.') },
  debugger: {
    on: ALL,
    schema: Type.Union(
      [Type.Enum(['always', 'never', 'on_failed', 'on_unreachable', 'on_skipped']), Type.Null()],
      {
        description: 'Accepted for compatibility.',
        expects: `'always', 'never', 'on_failed', 'on_unreachable' or 'on_skipped'`,
      },
    ),
  },
  diff: { on: ALL, schema: bool('Whether to show what changes.') },
  environment: {
    on: ALL,
    schema: Type.Union(
      [
        Type.Record(Type.String(), Type.Unknown()),
        Type.Array(orTemplate(Type.Record(Type.String(), Type.Unknown()), 'a dictionary')),
        Type.Null(),
      ],
      { description: 'Environment variables for what runs on the host.', expects: 'a dictionary' },
    ),
  },
  ignore_errors: { on: ALL, schema: bool('Whether to go on after a failure.') },
  ignore_unreachable: { on: ALL, schema: bool('Whether to go on with a host that could not be reached.') },
  module_defaults: { on: ALL, schema: dicts('Default arguments by module.') },
  no_log: { on: ALL, schema: bool('Whether to keep arguments and results out of every output.') },
  port: { on: ALL, schema: whole('The port to connect to.') },
  remote_user: { on: ALL, schema: text('The user to log in as.') },
  run_once: { on: ALL, schema: bool('Whether to run on the first host only, for all of them.') },
  tags: { on: [...ALL, 'import'], schema: words('Tags, to select by `--tags` and `--skip-tags`.') },
  throttle: { on: ALL, schema: whole('On how many hosts at most to run at the same time.') },
  timeout: { on: ALL, schema: whole('After how many seconds to give up.') },
  vars: { on: [...ALL, 'import'], schema: dicts('Variables.') },
  when: { on: [...ALL, 'import'], schema: condition('Only where this holds.') },

  hosts: {
    on: PLAY,
    schema: Type.Union(
      [
        Type.String({ minLength: 1 }),
        Type.Number(),
        Type.Array(orTemplate(Type.Union([Type.String(), Type.Number()]), 'text'), { minItems: 1 }),
      ],
      { description: 'The hosts or groups the play is for.', expects: 'a host pattern or a list of them' },
    ),
    ansible: () => 'Hosts list cannot be empty. Please check your playbook',
  },
  fact_path: { on: PLAY, schema: text('Where local facts lie on the host.') },
  force_handlers: { on: PLAY, schema: bool('Whether handlers run after a failure too.') },
  gather_facts: { on: PLAY, schema: bool('Whether to gather facts first.') },
  gather_subset: { on: PLAY, schema: words('Which facts to gather.') },
  gather_timeout: { on: PLAY, schema: whole('How long gathering facts may take, in seconds.') },
  max_fail_percentage: {
    on: PLAY,
    schema: Type.Union(
      [Type.Number({ minimum: 0 }), Type.String({ pattern: '^\\s*\\d+(?:\\.\\d*)?\\s*%?\\s*$' })],
      {
        description: 'How many percent of the hosts may fail before the play ends.',
        expects: 'a percentage',
      },
    ),
  },
  order: {
    on: PLAY,
    schema: Type.Union(
      [Type.Enum(['inventory', 'sorted', 'reverse_sorted', 'reverse_inventory', 'shuffle']), Type.Null()],
      {
        description: 'The order of the hosts.',
        expects: `'inventory', 'sorted', 'reverse_sorted', 'reverse_inventory' or 'shuffle'`,
      },
    ),
  },
  serial: {
    on: PLAY,
    schema: Type.Union(
      [
        whole('', 0),
        Type.String({ pattern: '^\\s*\\d+(?:\\.\\d*)?\\s*%\\s*$' }),
        Type.Array(
          orTemplate(
            Type.Union([whole('', 0), Type.String({ pattern: '^\\s*\\d+(?:\\.\\d*)?\\s*%\\s*$' })]),
            'a number of hosts or a percentage',
          ),
        ),
      ],
      {
        description: 'How many hosts to take at a time.',
        expects: 'a number of hosts, a percentage, or a list of these',
      },
    ),
  },
  strategy: {
    on: PLAY,
    schema: Type.String({
      description: '`linear`, `free` or `host_pinned`.',
      expects: 'text',
      pattern: '^(?:ansible\\.(?:builtin|legacy)\\.)?(?:linear|free|host_pinned|debug)$',
    }),
  },
  user: { on: PLAY, schema: text('Old name of `remote_user`.') },
  validate_argspec: { on: PLAY, schema: Type.Unknown({ description: 'Accepted for compatibility.' }) },
  vars_files: {
    on: PLAY,
    schema: Type.Union(
      [
        Type.String(),
        Type.Null(),
        Type.Array(
          Type.Union([Type.String(), template, Type.Array(orTemplate(Type.String(), 'a file name'))], {
            expects: 'a file name or a list of file names to choose from',
          }),
        ),
      ],
      { description: 'Files with variables.', expects: 'a list of file names' },
    ),
  },
  vars_prompt: {
    literal: true,
    on: PLAY,
    schema: Type.Union([Type.Null(), promptSchema(), Type.Array(promptSchema())], {
      description: 'Variables to ask for.',
      expects: 'a list of dictionaries',
    }),
    ansible: () => `Invalid vars_prompt data structure, missing 'name' key`,
  },
  roles: {
    literal: true,
    on: PLAY,
    schema: Type.Union([Type.Array(Type.Unknown()), Type.Null()], {
      description: 'Roles, in the order in which they run.',
      expects: 'a list of roles',
    }),
    ansible: () => 'A malformed role declaration was encountered.',
  },
  pre_tasks: {
    literal: true,
    on: PLAY,
    schema: steps('Tasks before the roles.'),
    ansible: malformedBlock('pre_tasks'),
  },
  tasks: {
    literal: true,
    on: PLAY,
    schema: steps('Tasks after the roles.'),
    ansible: malformedBlock('tasks'),
  },
  post_tasks: {
    literal: true,
    on: PLAY,
    schema: steps('Tasks after the tasks and their handlers.'),
    ansible: malformedBlock('post_tasks'),
  },
  handlers: {
    literal: true,
    on: PLAY,
    schema: steps('Tasks that run when notified.'),
    ansible: malformedBlock('handlers'),
  },

  import_playbook: {
    on: ['import'],
    schema: Type.String({
      minLength: 1,
      description: 'The playbook file to import.',
      expects: 'a file name',
    }),
  },
  'ansible.legacy.import_playbook': {
    on: ['import'],
    schema: Type.String({
      minLength: 1,
      description: 'The playbook file to import.',
      expects: 'a file name',
    }),
  },
  'ansible.builtin.import_playbook': {
    on: ['import'],
    schema: Type.String({
      minLength: 1,
      description: 'The playbook file to import.',
      expects: 'a file name',
    }),
  },

  role: {
    on: ['role'],
    schema: Type.String({ minLength: 1, description: 'The role’s name.', expects: 'a role name' }),
  },

  block: { literal: true, on: BLOCK, schema: steps('Tasks.') },
  rescue: { literal: true, on: BLOCK, schema: steps('Tasks for when one of `block` fails.') },
  always: { literal: true, on: BLOCK, schema: steps('Tasks that run at the end, whatever happened.') },

  delegate_facts: { on: INSIDE, schema: bool('Whether facts belong to the host delegated to.') },
  delegate_to: { on: INSIDE, schema: text('The host to run on instead.') },
  notify: {
    on: ['block', ...TASKS],
    schema: Type.Union([scalar, Type.Null(), Type.Array(orTemplate(scalar, 'the name of a handler'))], {
      description: 'Handlers to run when something changed.',
      expects: 'the name of a handler or a list of names',
    }),
  },
  action: { on: TASKS, schema: Type.Unknown({ description: 'Module and arguments in one.' }) },
  args: {
    on: TASKS,
    schema: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()], {
      description: 'More arguments of the module.',
      expects: 'a dictionary',
    }),
  },
  async: { on: TASKS, schema: whole('How long the task may run in the background, in seconds.') },
  changed_when: { on: TASKS, schema: condition('When the task counts as changed.') },
  delay: { on: TASKS, schema: decimal('How long to wait between tries, in seconds.') },
  failed_when: { on: TASKS, schema: condition('When the task counts as failed.') },
  listen: { on: ['handler'], schema: words('Topics that notify this handler as well.') },
  local_action: {
    on: TASKS,
    schema: Type.Unknown({ description: 'Like `action`, on the controlling side.' }),
  },
  loop: {
    on: TASKS,
    schema: Type.Union([Type.Array(Type.Unknown()), Type.Null()], {
      description: 'What to run the task for.',
      expects: 'a list',
    }),
  },
  loop_control: {
    literal: true,
    on: TASKS,
    schema: Type.Union(
      [
        Type.Object(
          {
            loop_var: Type.Optional(
              orTemplate(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }), 'the name of a variable'),
            ),
            index_var: Type.Optional(
              orTemplate(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }), 'the name of a variable'),
            ),
            label: Type.Optional(Type.Unknown()),
            pause: Type.Optional(orTemplate(decimal(''), 'a number of seconds')),
            extended: Type.Optional(orTemplate(bool(''), 'true or false')),
            extended_allitems: Type.Optional(orTemplate(bool(''), 'true or false')),
            break_when: Type.Optional(orTemplate(condition(''), 'a condition')),
          },
          { additionalProperties: false },
        ),
        Type.Null(),
      ],
      { description: 'How to loop.', expects: 'a dictionary' },
    ),
  },
  poll: {
    on: TASKS,
    schema: whole('How often to look at a task in the background, in seconds; 0: not at all.'),
  },
  register: {
    literal: true,
    on: TASKS,
    schema: Type.String({
      minLength: 1,
      description: 'The variable that takes the result.',
      expects: 'the name of a variable',
      pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
    }),
    ansible: (value) => `Invalid variable name in 'register' specified: '${String(value)}'`,
  },
  retries: { on: TASKS, schema: whole('How often to try again until `until` holds.') },
  until: { on: TASKS, schema: condition('Try until this holds.') },
}

function promptSchema() {
  const flag = Type.Optional(orTemplate(bool(''), 'true or false'))
  const word = Type.Optional(orTemplate(Type.Union([scalar, Type.Null()]), 'text'))
  return Type.Object(
    {
      name: orTemplate(scalar, 'text'),
      prompt: word,
      default: Type.Optional(Type.Unknown()),
      private: flag,
      confirm: flag,
      encrypt: word,
      salt_size: Type.Optional(orTemplate(Type.Union([whole(''), Type.Null()]), 'a whole number')),
      salt: word,
      unsafe: flag,
    },
    { additionalProperties: false, expects: 'a dictionary with name and prompt' },
  )
}

/** The keywords that may stand on something. */
export function keywordsOf(place: Place): string[] {
  return Object.keys(KEYWORDS).filter((name) => KEYWORDS[name]!.on.includes(place))
}

/** `with_<lookup>`: loops over what a lookup gives. */
export const WITH_LOOPS: readonly string[] = [
  'items',
  'list',
  'dict',
  'nested',
  'cartesian',
  'together',
  'subelements',
  'sequence',
  'indexed_items',
  'flattened',
  'fileglob',
  'file',
  'first_found',
  'lines',
  'random_choice',
  'inventory_hostnames',
  'vars',
  'varnames',
  'env',
  'url',
  'password',
  'template',
  'pipe',
  'ini',
  'csvfile',
  'config',
  'unvault',
].map((name) => `with_${name}`)
