import { describe } from 'vitest'
import { type Case, testCases } from './cases.ts'

const cases: readonly Case[] = [
  {
    says: 'a directory is copied with a link back to itself as a link',
    tasks: `
    - { name: linked, command: ln -s .. tree/inner/back, args: { chdir: "{{ playbook_dir }}" } }
    - { name: copied, copy: { src: tree, dest: "{{ playbook_dir }}/copy" }, register: copied }
    - { name: told, command: readlink copy/tree/inner/back, args: { chdir: "{{ playbook_dir }}" }, register: back, failed_when: back.stdout != '..' }`,
    files: { 'tree/inner/file': '' },
    lines: ['one changed linked', 'one changed copied', 'one changed told'] as string[],
    inOrder: true,
  },
  {
    says: 'what never comes to its until has failed, unless failed_when says otherwise',
    tasks: `
    - { name: never, command: echo no, until: 1 == 0, retries: 1, delay: 0.1, ignore_errors: true }
    - { name: fine, command: echo no, until: 1 == 0, retries: 1, delay: 0.1, failed_when: fine.attempts > 5, register: fine }`,
    lines: ['one failed never', 'one changed fine'],
  },
  {
    says: 'a task fails in the words that playbooks compare; where and why stand beside them',
    tasks: `
    - { name: counted, debug: { msg: "{{ item }}" }, with_sequence: start=4 end=1, ignore_errors: true, register: counted }
    - { name: why, debug: { msg: "{{ counted.explanation is search('playbook.yml:.*make the stride negative') }}" } }
    - { name: merged, set_fact: { all: "{{ [{}, [{}]] | combine({}) }}" }, ignore_errors: true }`,
    lines: [
      'one failed counted: to count backwards make stride negative',
      'one ok why: true',
      "one failed merged: failed to combine variables, expected dicts but got a 'list'",
    ],
  },
  {
    says: 'first_found looks where the files of its task are before it looks elsewhere',
    playbook: `
- hosts: all
  gather_facts: false
  roles: [outer]`,
    files: {
      'roles/outer/meta/main.yml': 'dependencies: [inner]',
      'roles/outer/vars/debian.yml': 'a: 1',
      'roles/inner/tasks/main.yml':
        "- include_tasks: \"{{ lookup('first_found', ['debian.yml', 'default.yml']) }}\"",
      'roles/inner/tasks/default.yml': '- { name: told, debug: { msg: default } }',
    },
    lines: ['one ok include_tasks', 'one ok told: default'],
  },
  {
    says: 'what a role defines stays its own where the settings or the import say so',
    playbook: `
- hosts: all
  gather_facts: false
  tasks:
    - import_role: { name: mine }
    - { name: private, debug: { msg: "{{ ours is defined }}" } }
- hosts: all
  gather_facts: false
  tasks:
    - import_role: name=mine public=yes
    - { name: public, debug: { msg: "{{ ours is defined }}" } }`,
    environment: { ANSIBLE_PRIVATE_ROLE_VARS: '1' },
    files: { 'roles/mine/defaults/main.yml': 'ours: 1', 'roles/mine/tasks/main.yml': '[]' },
    lines: ['one ok private: false', 'one ok public: true'],
  },
  {
    says: 'a job may lie in another directory, and is known there only',
    tasks: `
    - { name: started, command: echo done, async: 20, poll: 0, register: job, vars: { ansible_async_dir: "{{ playbook_dir }}/jobs" } }
    - { name: elsewhere, async_status: { jid: "{{ job.ansible_job_id }}" }, ignore_errors: true }
    - name: there
      async_status: { jid: "{{ job.ansible_job_id }}" }
      vars: { ansible_async_dir: "{{ playbook_dir }}/jobs" }
      register: ended
      until: ended.finished == 1
      delay: 0.2
      retries: 20
    - { name: told, debug: { msg: "{{ ended.stdout }}" } }`,
    lines: [
      'one changed started',
      'one failed elsewhere: could not find job',
      'one changed there',
      'one ok told: done',
    ],
  },
  {
    says: 'a host that has no address is reached by its name, and may be asked for it',
    tasks: `
    - { name: told, debug: { msg: "{{ ansible_host }}" } }`,
    lines: ['one ok told: one'],
  },
  {
    says: 'what keeps a task from running is told as it was written',
    tasks: `
    - { name: never, command: "true", when: false, register: never }
    - { name: told, debug: { msg: "{{ never.false_condition == false }}" } }`,
    lines: ['one skipped never', 'one ok told: true'],
  },
  {
    says: 'with_list takes a list and nothing else',
    tasks: `
    - { name: told, debug: { msg: "{{ item }}" }, with_list: "{{ one }}", vars: { one: { key: value } }, ignore_errors: true }
    - { name: each, debug: { msg: "{{ item }}" }, with_list: [[1, 2]] }`,
    lines: [
      'one failed told: with_list expects a list, not a dictionary',
      'one ok each: All items completed',
    ],
  },
  {
    says: 'the name of the loop variable may be a template, also for what is included',
    tasks: `
    - include_tasks: inner.yml
      loop: [1]
      loop_control: { loop_var: "{{ called }}" }
      vars: { called: number }`,
    files: { 'inner.yml': '- { name: told, debug: { msg: "{{ number }}" } }' },
    lines: ['one ok include_tasks: All items completed', 'one ok told: 1'],
  },
  {
    says: 'add_host takes the port out of host:port, and leaves an address alone',
    tasks: `
    - { name: added, add_host: { name: "{{ item }}" }, loop: ["web:2222", "[fe80::1]:22", "fe80::2"] }
    - name: told
      debug: { msg: "{{ hostvars['web'].ansible_ssh_port }} {{ hostvars['fe80::1'].ansible_ssh_port }} {{ 'fe80::2' in groups.all }}" }`,
    lines: ['one changed added: All items completed', 'one ok told: 2222 22 True'],
  },
  {
    says: 'the variables of an include stand above what is set and included, also inside of it',
    tasks: `
    - { name: set, set_fact: { which: fact } }
    - { include_tasks: inner.yml, vars: { which: include } }
    - { name: after, debug: { msg: "{{ which }}" } }`,
    files: {
      'inner.yml':
        '- { name: again, set_fact: { which: again } }\n- { name: told, debug: { msg: "{{ which }}" } }',
    },
    lines: [
      'one ok set',
      'one ok include_tasks',
      'one ok again',
      'one ok told: include',
      'one ok after: again',
    ],
  },
  ...['true', 'false'].map((reach) => ({
    says: `--tags looks into includes without that tag: ${reach}`,
    tasks: `
    - { include_tasks: inner.yml }`,
    files: { 'inner.yml': '- { name: inner, debug: , tags: wanted }' },
    flags: { tags: ['wanted'] },
    environment: { REHEARSAL_TAGS_REACH_INTO_INCLUDES: reach },
    lines: reach === 'true' ? ['one ok include_tasks', 'one ok inner: Hello world!'] : [],
  })),
  ...['warn', 'ignore'].map((setting) => ({
    says: `ANSIBLE_DUPLICATE_YAML_DICT_KEY=${setting} lets the last of two keys count`,
    tasks: `
    - { name: told, debug: { msg: first, msg: last } }`,
    environment: { ANSIBLE_DUPLICATE_YAML_DICT_KEY: setting },
    lines: ['one ok told: last'],
  })),
  ...[
    { says: 'the setting', environment: { ANSIBLE_FACTS_MODULES: 'smart,colours' }, vars: '{}' },
    { says: 'the variable', environment: {}, vars: '{ ansible_facts_modules: [setup, colours] }' },
  ].map(({ says, environment, vars }) => ({
    says: `facts are gathered by the modules that ${says} names`,
    playbook: `
- hosts: all
  gather_subset: ["!all", "!min", "env"]
  vars: ${vars}
  tasks: [{ name: told, debug: { msg: "{{ ansible_env is defined }} {{ ansible_facts.colour }}" } }]`,
    files: { 'library/colours': '#!/bin/sh\necho \'{"ansible_facts": {"colour": "red"}}\'\n' },
    environment: environment as Readonly<Record<string, string>>,
    lines: ['one ok Gathering Facts', 'one ok Gathering Facts', 'one ok told: True red'],
  })),
  ...[
    ["']' | regex_escape(re_type='posix_extended')", 'Regex type (posix_extended) not yet implemented'],
    ["'x' | regex_escape(re_type='haha')", 'Invalid regex type (haha)'],
    [
      "'x' | password_hash('msdcc')",
      'msdcc is not in the list of supported passlib algorithms: md5, blowfish, sha256, sha512',
    ],
    ['hey | mandatory', "Mandatory variable 'hey'  not defined."],
    ["hey | mandatory('I am a sad wolf.')", 'I am a sad wolf.'],
    ["true | subelements('a')", 'obj must be a list of dicts or a nested dict'],
  ].map(([expression, message]) => ({
    says: `a filter fails in the words that playbooks compare: ${expression}`,
    tasks: `
    - { name: failed, set_fact: { a: "{{ ${expression} }}" }, ignore_errors: true, register: told }
    - { name: told, debug: { msg: "{{ told.msg }}" } }`,
    lines: [`one failed failed: ${message}`, `one ok told: ${message}`],
  })),
  {
    says: 'run_once of a play leaves facts alone: every host gathers its own',
    playbook: `
- hosts: all
  gather_subset: ["!all", "!min", "env"]
  run_once: true
  tasks: [{ name: told, debug: { msg: "{{ hostvars.b.ansible_env is defined }}" } }]`,
    hosts: ['a', 'b'],
    lines: ['a ok Gathering Facts', 'b ok Gathering Facts', 'a ok told: true'],
  },
  {
    says: 'ANSIBLE_HASH_BEHAVIOUR=merge makes one dictionary of those of all levels',
    playbook: `
- hosts: all
  gather_facts: false
  vars: { settings: { play: 1, deep: { play: 1, both: play } } }
  roles: [{ role: one, settings: { use: 1 } }]
  tasks:
    - { name: told, debug: { msg: "{{ settings | to_json(sort_keys=true) }}" }, vars: { settings: { deep: { both: task } } } }
    - { name: text, debug: { msg: "{{ settings }}" }, vars: { settings: text } }
    - { name: config, debug: { msg: "{{ lookup('config', 'DEFAULT_HASH_BEHAVIOUR') }}" } }`,
    files: {
      'group_vars/all.yml': 'settings: { group: 1, play: 0, deep: { group: 1 } }',
      'roles/one/defaults/main.yml': 'settings: { default: 1 }',
      'roles/one/tasks/main.yml':
        '- { name: role, debug: { msg: "{{ settings | to_json(sort_keys=true) }}" } }',
    },
    environment: { ANSIBLE_HASH_BEHAVIOUR: 'merge' },
    lines: [
      'one ok role: {"deep": {"both": "play", "group": 1, "play": 1}, "default": 1, "group": 1, "play": 1, "use": 1}',
      'one ok told: {"deep": {"both": "task", "group": 1, "play": 1}, "default": 1, "group": 1, "play": 1}',
      'one ok text: text',
      'one ok config: merge',
    ],
  },
  {
    says: 'run_once of an include lets one host include; what is to run once inside is for all of them',
    tasks: `
    - include_tasks: { file: inner.yml, apply: { run_once: true } }
      run_once: true
    - { include_tasks: own.yml, run_once: true }
    - { name: told, debug: { msg: "{{ mine }} {{ own | default('none') }}" } }`,
    files: {
      'inner.yml': '- { name: inner, set_fact: { mine: all } }',
      'own.yml': '- { name: own, set_fact: { own: first } }',
    },
    hosts: ['a', 'b'],
    lines: [
      'a ok include_tasks',
      'a ok inner',
      'a ok include_tasks',
      'a ok own',
      'a ok told: all first',
      'b ok told: all none',
    ],
  },
  ...[
    {
      says: 'a task that is to run once',
      inner: '- { name: inner, fail: { msg: no }, run_once: true }',
      all: true,
    },
    { says: 'the include itself', inner: '- { debug: }', file: '{{ inventory_hostname }}.yml', all: true },
    { says: 'any other task', inner: '- { name: inner, fail: { msg: no } }', all: false },
    {
      says: 'a task that is to run once and is rescued',
      inner: '- { block: [{ fail: { msg: no }, run_once: true }], rescue: [{ name: inner, debug: }] }',
      all: false,
    },
  ].map(({ says, inner, all, file = 'inner.yml' }) => ({
    says: `run_once of an include: ${says} that fails fails ${all ? 'all hosts' : 'no other host'}`,
    playbook: `
- hosts: all
  gather_facts: false
  tasks:
    - { include_tasks: "${file}", run_once: true }
    - { name: told, debug: { msg: "{{ inventory_hostname }}" } }
- hosts: b:c
  gather_facts: false
  tasks: [{ name: left, debug: { msg: "{{ ansible_play_hosts | join }}" } }]`,
    files: { 'inner.yml': inner },
    hosts: ['a', 'b', 'c'],
    only: /told|left/,
    lines: all
      ? []
      : [
          ...(says.includes('rescued') ? ['a ok told: a'] : []),
          'b ok told: b',
          'c ok told: c',
          'b ok left: bc',
          'c ok left: bc',
        ],
  })),
  {
    says: 'run_once of an include: what fails for all is everybody’s to rescue',
    tasks: `
    - block: [{ include_tasks: inner.yml, run_once: true }]
      rescue: [{ name: rescued, debug: { msg: "{{ ansible_failed_result.msg }}" } }]`,
    files: { 'inner.yml': '- { name: inner, fail: { msg: broken }, run_once: true }' },
    hosts: ['a', 'b'],
    lines: ['a ok include_tasks', 'a failed inner: broken', 'a ok rescued: broken', 'b ok rescued: broken'],
  },
  {
    says: 'arguments of an include may be templates that say yes, no or nothing',
    tasks: `
    - include_role: { name: strict, rolespec_validate: "{{ false | bool }}", tasks_from: "{{ omit }}", public: "{{ false | bool }}" }
      vars: { number: none }
    - { name: told, debug: { msg: "{{ ours is defined }}" } }`,
    files: {
      'roles/strict/meta/argument_specs.yml':
        'argument_specs: { main: { options: { number: { type: int } } } }',
      'roles/strict/tasks/main.yml': '- { name: ran, debug: { msg: "{{ number }}" } }',
      'roles/strict/defaults/main.yml': 'ours: 1',
    },
    lines: ['one ok include_role', 'one ok ran: none', 'one ok told: false'],
  },
  {
    says: 'a handler of a role that is included again is owed once',
    tasks: `
    - include_role: { name: noisy }
    - include_role: { name: noisy, tasks_from: other }`,
    files: {
      'roles/noisy/tasks/main.yml': '- { name: first, command: "true", notify: told }',
      'roles/noisy/tasks/other.yml': '- { name: second, command: "true", notify: told }',
      'roles/noisy/handlers/main.yml': '- { name: told, debug: { msg: once } }',
    },
    lines: [
      'one ok include_role',
      'one changed first',
      'one ok include_role',
      'one changed second',
      'one ok told: once',
    ],
  },
  {
    says: 'each role that one looped include brings has its handlers',
    tasks: `
    - include_role: { name: "{{ item }}" }
      loop: [noisy, loud]`,
    files: {
      'roles/noisy/tasks/main.yml': '- { name: first, command: "true", notify: told }',
      'roles/noisy/handlers/main.yml': '- { name: told, debug: { msg: noisy } }',
      'roles/loud/tasks/main.yml': '- { name: second, command: "true", notify: shouted }',
      'roles/loud/handlers/main.yml': '- { name: shouted, debug: { msg: loud } }',
    },
    lines: [
      'one ok include_role: All items completed',
      'one changed first',
      'one changed second',
      'one ok told: noisy',
      'one ok shouted: loud',
    ],
  },
  {
    says: 'a result tells when its command ran, and for how long',
    tasks: `
    - { name: slept, command: sleep 0.2, register: slept }
    - name: told
      debug: { msg: "{{ slept.delta is match('0:00:0[0-9][.][0-9]{6}') }} {{ slept.start < slept.end }}" }`,
    lines: ['one changed slept', 'one ok told: True True'],
  },
  {
    says: 'changed_when and failed_when judge tasks that act on the run itself, for each item',
    tasks: `
    - name: grouped
      group_by: { key: "g{{ item }}" }
      loop: [1, 2]
      changed_when: item == 2
      register: done
    - name: told
      debug: { msg: "{{ done.results | map(attribute='changed') | join(' ') }}" }
    - name: refused
      add_host: { name: other }
      failed_when: true
      ignore_errors: true`,
    lines: ['one changed grouped: All items completed', 'one ok told: False True', 'one failed refused'],
  },
  {
    says: 'changed_when that cannot be evaluated says so under its own name',
    tasks: `
    - name: work
      command: echo hello
      changed_when: missing
      register: done
      ignore_errors: true
    - name: told
      debug: { msg: "{{ done.stdout }} {{ 'missing' in done.changed_when_result }}" }`,
    lines: ["one failed work: 'missing' is undefined", 'one ok told: hello True'],
  },
  {
    says: 'vars_files may be named by variables of each host, and by facts that come later',
    playbook: `
- hosts: all
  gather_facts: false
  vars_files:
    - "{{ inventory_hostname }}.yml"
    - "{{ kind }}.yml"
  tasks:
    - { name: colour, debug: { msg: "{{ colour }}" } }
    - { name: kind, set_fact: { kind: special } }
    - { name: told, debug: { msg: "{{ special }}" } }`,
    hosts: ['a', 'b'],
    files: { 'a.yml': 'colour: red', 'b.yml': 'colour: blue', 'special.yml': 'special: yes it is' },
    lines: [
      'a ok colour: red',
      'b ok colour: blue',
      'a ok kind',
      'b ok kind',
      'a ok told: yes it is',
      'b ok told: yes it is',
    ],
  },
  {
    says: 'of a list in vars_files the first that there is counts, and one that needs what is missing is passed over',
    playbook: `
- hosts: all
  gather_facts: false
  vars_files:
    - ["{{ missing }}.yml", fallback.yml]
  tasks:
    - { name: told, debug: { msg: "{{ colour }}" } }`,
    files: { 'fallback.yml': 'colour: grey' },
    lines: ['one ok told: grey'],
  },
  {
    says: 'include_vars reads a directory down to a depth, without what is left out',
    tasks: `
    - name: read
      include_vars: { dir: vars, depth: 1, ignore_files: [skip.yml], extensions: [yml] , ignore_unknown_extensions: true }
      register: done
    - name: told
      debug: { msg: "{{ [a, b, c is defined, d is defined, done.ansible_included_var_files | length] | join(' ') }}" }`,
    files: {
      'vars/1.yml': 'a: 1\nb: 1',
      'vars/2.yml': 'b: 2',
      'vars/skip.yml': 'c: 1',
      'vars/readme.md': '#',
      'vars/deep/3.yml': 'd: 1',
    },
    lines: ['one ok read', 'one ok told: 1 2 False False 2'],
  },
  {
    says: 'include_vars merges dictionaries where it is told to',
    tasks: `
    - { name: first, include_vars: one.yml }
    - { name: second, include_vars: { file: two.yml, hash_behaviour: merge } }
    - { name: told, debug: { msg: "{{ settings.a }}{{ settings.b }}" } }`,
    files: { 'one.yml': 'settings: { a: 1, b: 1 }', 'two.yml': 'settings: { b: 2 }' },
    lines: ['one ok first', 'one ok second', 'one ok told: 12'],
  },
  {
    says: 'include_vars refuses options of files and of directories together, and files that are none of variables',
    tasks: `
    - { name: mixed, include_vars: { file: a.yml, depth: 1 }, ignore_errors: true }
    - { name: gone, include_vars: { dir: nowhere }, no_log: true, ignore_errors: true, register: gone }
    - { name: told, debug: { msg: "{{ 'does not exist' in gone.message }}" } }
    - { name: strange, include_vars: { dir: vars }, no_log: true, register: strange, ignore_errors: true }
    - { name: seen, debug: { msg: "{{ 'does not have a valid extension' in strange.message }}" } }`,
    files: { 'vars/readme.md': '#' },
    lines: [
      'one failed mixed: You are mixing file only and dir only arguments, these are incompatible',
      'one failed gone',
      'one ok told: true',
      'one failed strange',
      'one ok seen: true',
    ],
  },
  {
    says: 'omit in a keyword leaves it to what stands around the task',
    playbook: `
- hosts: all
  gather_facts: false
  ignore_errors: true
  tasks:
    - { name: work, fail: , ignore_errors: "{{ omit }}" }
    - { name: after, debug: { msg: reached } }`,
    lines: ['one failed work: Failed as requested from task', 'one ok after: reached'],
  },
  {
    says: 'with one fork hosts take their turns, in the order that the play asks for',
    playbook: `
- hosts: all
  gather_facts: false
  order: "{{ 'reverse_' ~ 'sorted' }}"
  tasks:
    - { name: work, command: "true" }`,
    hosts: ['b', 'a', 'c'],
    flags: { forks: '1' },
    inOrder: true,
    lines: ['c changed work', 'b changed work', 'a changed work'],
  },
  {
    says: 'throttle holds so many hosts back',
    playbook: `
- hosts: all
  gather_facts: false
  vars: { lock: "{{ playbook_dir }}/lock" }
  tasks:
    - name: alone
      shell: mkdir {{ lock }} && sleep 0.05 && rmdir {{ lock }}
      throttle: 1`,
    hosts: ['a', 'b', 'c'],
    lines: ['a changed alone', 'b changed alone', 'c changed alone'],
  },
  {
    says: 'a task that takes longer than its timeout is ended, as by --task-timeout',
    playbook: `
- hosts: all
  gather_facts: false
  tasks:
    - { name: own, command: sleep 20, timeout: 1, ignore_errors: true, register: own }
    - { name: told, debug: { msg: "{{ own.timedout.period }}" } }
    - { name: given, command: sleep 20 }`,
    flags: { taskTimeout: '1' },
    lines: [
      'one failed own: The command action failed to execute in the expected time frame (1) and was terminated',
      'one ok told: 1',
      'one failed given: The command action failed to execute in the expected time frame (1) and was terminated',
    ],
  },
  {
    says: 'facts are gathered by each play, once in a run, or only on demand, as ANSIBLE_GATHERING says',
    playbook: `
- hosts: all
  tasks: []
- hosts: all
  gather_facts: true
  gather_subset: "!all"
  tasks: []`,
    environment: { ANSIBLE_GATHERING: 'explicit' },
    lines: ['one ok Gathering Facts'],
  },
  {
    says: 'a handler of the role that was included last comes before another of the same name',
    playbook: `
- hosts: all
  gather_facts: false
  tasks:
    - { name: role, include_role: { name: r } }
    - { name: work, command: "true", notify: again }
  handlers:
    - { name: again, debug: { msg: of the play } }`,
    files: { 'roles/r/handlers/main.yml': '- { name: again, debug: { msg: of the role } }' },
    lines: ['one ok role', 'one changed work', 'one ok again: of the role'],
  },
  {
    says: 'a topic may be named with the role that listens to it',
    playbook: `
- hosts: all
  gather_facts: false
  roles: [r]
  tasks:
    - { name: work, command: "true", notify: "r : topic" }`,
    files: { 'roles/r/handlers/main.yml': '- { debug: { msg: heard }, listen: topic }' },
    lines: ['one changed work', 'one ok debug: heard'],
  },
  {
    says: 'a role’s specification tells what is missing in one line, and types and choices each',
    playbook: `
- hosts: all
  gather_facts: false
  tasks:
    - name: try
      block:
        - include_role: { name: r }
          vars: { count: many, size: huge, more: { odd: 1 } }
      rescue:
        - name: told
          debug: { msg: "{{ ansible_failed_result.argument_errors | join('|') }}" }`,
    files: {
      'roles/r/meta/argument_specs.yml': `
argument_specs:
  main:
    options:
      b: { required: true }
      a: { required: true }
      count: { type: int }
      size: { choices: [small, big] }
      more: { type: dict, options: { known: { type: bool, required: true } } }
`,
    },
    lines: [
      'one ok include_role',
      [
        "one failed Validating arguments against arg spec 'main': Validation of arguments failed:",
        'missing required arguments: a, b',
        `argument 'count' is of type <class 'str'> and we were unable to convert to int: "'many'" cannot be converted to an int`,
        'value of size must be one of: small, big, got: huge',
        'missing required arguments: known found in more',
        'more.odd. Supported parameters include: known.',
      ].join('\n'),
      `one ok told: missing required arguments: a, b|argument 'count' is of type <class 'str'> and we were unable to convert to int: "'many'" cannot be converted to an int|value of size must be one of: small, big, got: huge|missing required arguments: known found in more|more.odd. Supported parameters include: known.`,
    ],
  },
  {
    says: 'set_stats refuses what is no dictionary and names that are none',
    tasks: `
    - { name: list, set_stats: { data: [1] }, ignore_errors: true }
    - { name: name, set_stats: { data: { ".bad": 1 } }, ignore_errors: true }
    - { name: fine, set_stats: { data: { n: 1 } }, register: done }
    - { name: told, debug: { msg: "{{ done.ansible_stats.data.n }} {{ done.ansible_stats.aggregate }}" } }`,
    lines: [
      `one failed list: The 'data' option needs to be a dictionary/hash`,
      `one failed name: The variable name '.bad' is not valid. Variables must start with a letter or underscore character, and contain only letters, numbers and underscores.`,
      'one ok fine',
      'one ok told: 1 True',
    ],
  },
  {
    says: 'async with poll runs in the background and ends as the task would, within its time',
    tasks: `
    - name: done
      shell: cat; echo err >&2; exit 3
      args: { stdin: fed }
      async: 20
      poll: 1
      register: done
      failed_when: done.rc != 3
    - name: told
      debug: { msg: "{{ done.stdout }} {{ done.stderr }} {{ done.finished }} {{ done is finished }}" }
    - name: late
      shell: sleep 30
      async: 1
      poll: 1
      ignore_errors: true`,
    lines: [
      'one changed done: non-zero return code',
      'one ok told: fed err 1 True',
      'one failed late: async task did not complete within the requested time - 1s',
    ],
  },
  {
    says: 'async without poll goes on, and async_status tells what came of it',
    tasks: `
    - name: start
      shell: sleep 0.5; echo later
      async: 20
      poll: 0
      register: job
    - name: told
      debug: { msg: "{{ job is started }} {{ job is finished }}" }
    - name: look
      async_status: { jid: "{{ job.ansible_job_id }}" }
      register: done
      until: done is finished
      delay: 0.2
      retries: 50
    - name: seen
      debug: { msg: "{{ done.stdout }}" }
    - name: unknown
      async_status: { jid: j0.0 }
      ignore_errors: true`,
    lines: [
      'one changed start',
      'one ok told: True False',
      'one changed look',
      'one ok seen: later',
      'one failed unknown: could not find job',
    ],
  },
  {
    says: 'a dry run starts nothing in the background',
    playbook: `
- hosts: all
  gather_facts: false
  tasks:
    - { name: start, shell: touch /nowhere/x, async: 20, poll: 0, register: job }
    - { name: look, async_status: { jid: "{{ job.ansible_job_id }}" } }`,
    flags: { check: true },
    lines: ['one unknown start', 'one unknown look'],
  },
  {
    says: 'a task delegated sees the other host’s variables by its name',
    playbook: `
- hosts: a
  gather_facts: false
  tasks:
    - name: told
      debug: { msg: "{{ ansible_delegated_vars['b'].colour }} {{ ansible_delegated_vars['b'].inventory_hostname }} {{ inventory_hostname }}" }
      delegate_to: b`,
    hosts: ['a', 'b'],
    files: { 'host_vars/b.yml': 'colour: blue' },
    lines: ['a ok told: blue a a'],
  },
  {
    says: 'a wrong value on a task that may fail is its failure, and the run goes on',
    tasks: `
    - { name: wrong, debug: { msg: x }, diff: perhaps, ignore_errors: true, register: done }
    - { name: told, debug: { msg: "{{ 'is not a valid boolean' in done.msg }}" } }
    - { name: odd, debug: { mgs: x }, no_log: true, ignore_errors: true }`,
    lines: [
      `one failed wrong: 'diff' must be true or false, not 'perhaps'; The value 'perhaps' is not a valid boolean.  Valid booleans include: 'y', 'yes', 'on', '1', 'true', 't', 'n', 'no', 'off', '0', 'false', 'f'`,
      'one ok told: true',
      'one failed odd',
    ],
  },
  {
    says: 'a template for all arguments may give them as text, but nothing else',
    tasks: `
    - { name: text, debug: "{{ 'msg=hello' }}" }
    - { name: garbage, debug: "garbage {{ 'words' }}", ignore_errors: true }`,
    lines: [
      'one ok text: hello',
      `one failed garbage: invalid or malformed argument: 'garbage words'; write name=value, or a dictionary`,
    ],
  },
  {
    says: '--start-at-task finds its task inside of an include, and in a role by both its names',
    playbook: `
- hosts: all
  gather_facts: false
  tasks:
    - { name: before, debug: }
    - { name: include, include_tasks: more.yml }
    - { name: role, include_role: { name: r } }`,
    hosts: ['a', 'b'],
    files: {
      'more.yml': '[{ name: not yet, debug: }, { name: here, debug: }]',
      'roles/r/tasks/main.yml': '- { name: inside, debug: }',
    },
    flags: { startAtTask: 'her*' },
    lines: ['a', 'b'].flatMap((host) => [
      `${host} ok include`,
      `${host} ok here: Hello world!`,
      `${host} ok role`,
      `${host} ok inside: Hello world!`,
    ]),
  },
  {
    says: 'tags reach into what is included',
    playbook: `
- hosts: all
  gather_facts: false
  tasks:
    - { name: include, include_tasks: more.yml, tags: [wanted] }
    - { name: other, debug: }`,
    files: { 'more.yml': '[{ name: in it, debug: , tags: [wanted] }, { name: not, debug: }]' },
    flags: { tags: ['wanted'] },
    lines: ['one ok include', 'one ok in it: Hello world!'],
  },
  {
    says: 'tags are found inside of includes that have none of them, at any depth, and nothing else of these runs',
    playbook: `
- hosts: all
  gather_facts: false
  tasks:
    - { name: include, include_tasks: "{{ 'more' }}.yml", when: true }
    - { name: role, include_role: { name: r } }
    - { name: other, include_tasks: other.yml }
    - { name: excluded, include_tasks: more.yml, tags: [never] }
    - { name: told later, include_tasks: "{{ unknown_as_yet }}.yml" }`,
    files: {
      'more.yml': '- { name: not, debug: , tags: [always] }\n- { name: deeper, include_tasks: deep.yml }',
      'deep.yml': '[{ name: in it, debug: , tags: [wanted] }, { name: not, debug: }]',
      'other.yml': '- { name: not, debug: , tags: [other] }',
      'roles/r/tasks/main.yml': '[{ name: in role, debug: , tags: [wanted] }, { name: not, debug: }]',
    },
    flags: { tags: ['wanted'] },
    lines: [
      'one ok include',
      'one ok not: Hello world!',
      'one ok deeper',
      'one ok in it: Hello world!',
      'one ok role',
      'one ok in role: Hello world!',
    ],
  },
  {
    says: 'tags are looked for in an include that another host’s variable names, when that host has come so far',
    playbook: `
- hosts: all
  gather_facts: false
  tasks:
    - { name: slow, command: sleep 0.3, when: inventory_hostname == 'b', tags: [wanted] }
    - { name: fact, set_fact: { f: more }, tags: [wanted] }
    - { name: include, include_tasks: "{{ hostvars['b']['f'] }}.yml" }`,
    files: { 'more.yml': '- { name: in it, debug: , tags: [wanted] }' },
    hosts: ['a', 'b'],
    flags: { tags: ['wanted'] },
    lines: [
      'a skipped slow',
      'b changed slow',
      'a ok fact',
      'b ok fact',
      'a ok include',
      'b ok include',
      'a ok in it: Hello world!',
      'b ok in it: Hello world!',
    ],
  },
  {
    says: 'a handler may be named with its role, and in any case comes in the order of definition',
    playbook: `
- hosts: all
  gather_facts: false
  roles: [r]
  tasks: [{ name: work, command: "true", notify: [last, "r : of the role", first] }]
  handlers:
    - { name: first, debug: }
    - { name: last, debug: }`,
    files: { 'roles/r/handlers/main.yml': '- { name: of the role, debug: }' },
    inOrder: true,
    lines: [
      'one changed work',
      'one ok of the role: Hello world!',
      'one ok first: Hello world!',
      'one ok last: Hello world!',
    ],
  },
  {
    says: 'module_defaults of a group that is not known are passed over, the module’s own count',
    playbook: `
- hosts: all
  gather_facts: false
  module_defaults:
    group/aws: { region: eu-central-1 }
    group/community.general.nothing: { msg: not this }
    ansible.builtin.debug: { msg: this }
  tasks: [{ name: told, debug: }]`,
    lines: ['one ok told: this'],
  },
  {
    says: 'a role that nothing brought in has no parents',
    playbook: `
- hosts: all
  gather_facts: false
  roles: [outer]`,
    files: {
      'roles/outer/tasks/main.yml': `
- { name: outer, debug: { msg: "{{ ansible_parent_role_names is defined }}" } }
- { name: include, include_role: { name: inner } }`,
      'roles/inner/tasks/main.yml': '- { name: inner, debug: { msg: "{{ ansible_parent_role_names }}" } }',
    },
    lines: ['one ok outer: false', 'one ok include', 'one ok inner: ["outer"]'],
  },
  {
    says: 'run_once falls to the first host that comes to the task, not to one whose role has run before',
    hosts: ['a', 'b'],
    files: {
      'roles/once/tasks/main.yml': '- { name: work, debug: , run_once: true }',
      'roles/ready/tasks/main.yml': '- { name: now, set_fact: { ready: true } }',
    },
    playbook: `
- hosts: all
  gather_facts: false
  roles:
    - { role: once, when: "ready is defined or inventory_hostname == 'a'" }
    - { role: ready }
    - { role: once, when: "ready is defined or inventory_hostname == 'a'" }`,
    lines: ['a ok work: Hello world!', 'a ok now', 'b ok now', 'b ok work: Hello world!'],
  },
  {
    says: 'handlers that notify themselves, or each other, come to an end',
    playbook: `
- hosts: all
  gather_facts: false
  tasks:
    - { name: work, command: "true", notify: [itself, one] }
    - meta: flush_handlers
    - { name: after, debug: }
  handlers:
    - { name: itself, command: "true", notify: itself, when: again | default(true) }
    - { name: one, command: "true", notify: other }
    - { name: other, command: "true", notify: one }`,
    lines: [
      'one changed work',
      'one ok after: Hello world!',
      ...['itself', 'one', 'other'].flatMap((name) => Array<string>(3).fill(`one changed ${name}`)),
    ],
  },
]

describe('keywords and actions', () => {
  testCases(cases)
})
