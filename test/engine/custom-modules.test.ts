import { describe, expect, test } from 'vitest'
import { type Case, testCases } from './cases.ts'
import { play } from './play.ts'

/** Tells what it was given, and how, in the way of the oldest modules: words in a file, JSON on standard output. */
const WORDS = `#!/bin/sh
. "$1"
echo "{\\"msg\\": \\"$greeting from $(basename "$0")\\", \\"changed\\": \${really:-false}}"
`

/** Tells the JSON that it was given as it came, but for what Ansible adds. */
const JSON_FILE = `#!/bin/sh
# WANT_JSON
given=$(sed 's/,"_ansible_.*/}/' "$1" | sed 's/"/\\\\"/g')
echo some noise
echo "{\\"changed\\": false, \\"msg\\": \\"$given\\"}"
echo more noise
`

/** As a module of Python looks; what it imports stands in for Ansible's library, and reads as that does. */
const PYTHON = `#!/usr/bin/python
from ansible.module_utils.basic import params
import json
given = params()
print(json.dumps({'msg': given['name'] + ' ' + str(given['_ansible_no_log']), 'changed': True}))
`
const LIBRARY = `
import json, sys
def params():
    return json.load(sys.stdin)['ANSIBLE_MODULE_ARGS']
`

const cases: readonly Case[] = [
  {
    says: 'a script in library/ beside the playbook is a module; its arguments are words in a file',
    tasks: `
    - { name: told, greet: { greeting: "it's \${HOME} {{ 'here' }}" } }
    - { name: old, greet: greeting=hello really=true }`,
    files: { 'library/greet.sh': WORDS },
    lines: [
      "one ok told: it's ${HOME} here from ansible_greet.sh",
      'one changed old: hello from ansible_greet.sh',
    ],
  },
  {
    says: 'one that wants JSON gets it, and may print more than its answer',
    tasks: `
    - { name: told, told: { list: [1, "a b"], deep: { yes: true }, left: "{{ omit }}" } }`,
    files: { 'library/told': JSON_FILE },
    lines: ['one ok told: {"list":[1,"a b"],"deep":{"True":true}}'],
  },
  {
    says: 'what one prints after its answer is a warning in its result',
    tasks: `
    - { name: told, told: { a: 1 }, register: said }
    - { name: warned, debug: { msg: "{{ said.warnings }}" } }`,
    files: { 'library/told': JSON_FILE },
    lines: [
      'one ok told: {"a":1}',
      'one ok warned: ["Module invocation had junk after the JSON data: more noise"]',
    ],
  },
  {
    says: 'what is no text is run as it is',
    tasks: `
    - { name: told, compiled: }`,
    files: { 'library/compiled': '#!/bin/sh\necho "{\\"msg\\": \\"$(head -c 1 "$1")\\"}"; exit\n\0' },
    lines: ['one ok told: {'],
  },
  {
    says: 'arguments may stand in the text of a module, and nowhere else',
    tasks: `
    - { name: told, filled: { msg: "$(false) 'x'" } }`,
    files: { 'library/filled': "#!/bin/sh\ncat <<'END'\n<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>\nEND\n" },
    lines: ["one ok told: $(false) 'x'"],
  },
  {
    says: 'a Python module is given its arguments on standard input, where the host has Ansible’s library',
    tasks: `
    - name: told
      asked: { name: value }
      environment: { PYTHONPATH: "{{ playbook_dir }}/python" }`,
    files: {
      'library/asked.py': PYTHON,
      'python/ansible/__init__.py': '',
      'python/ansible/module_utils/__init__.py': '',
      'python/ansible/module_utils/basic.py': LIBRARY,
    },
    lines: ['one changed told: value True'],
  },
  {
    says: 'where it has not, that is said',
    tasks: `
    - name: told
      asked: { name: value }
      environment: { PYTHONPATH: "{{ playbook_dir }}/python" }`,
    files: { 'library/asked.py': PYTHON, 'python/ansible/__init__.py': '' },
    lines: [
      "one failed told: the module 'asked' needs Ansible's Python library on the host, and python3 finds no " +
        "'ansible.module_utils' there; install it (Debian: ansible-core), or write the module without it (WANT_JSON)",
    ],
  },
  {
    says: 'a dry run runs none of them, and what depends on them is unknown',
    flags: { check: true },
    tasks: `
    - { name: made, make: , register: made }
    - { name: told, debug: { msg: "{{ made.msg }}" } }
    - { name: certain, make: , check_mode: false }
    - { name: there, stat: { path: "{{ playbook_dir }}/made" }, register: there }
    - { name: seen, debug: { msg: "{{ there.stat.exists }}" } }`,
    files: { 'library/make': '#!/bin/sh\ntouch made && echo \'{"msg": "made", "changed": false}\'\n' },
    lines: [
      'one unknown made',
      'one unknown told',
      'one ok certain: made',
      'one ok there',
      'one ok seen: true',
    ],
  },
  ...['"true"', '1'].map((failed) => ({
    says: `a module fails when it says so in another way: ${failed}`,
    tasks: '\n    - { name: broken, broken: }',
    files: { 'library/broken': `#!/bin/sh\necho '{"failed": ${failed}, "msg": "no"}'\n` },
    lines: ['one failed broken: no'],
  })),
  {
    says: 'facts that a module tells are the host’s, but for those that would turn the connection',
    tasks: `
    - { name: facts, facts: }
    - { name: told, debug: { msg: "{{ colour }} {{ ansible_facts.colour }} {{ ansible_size }} {{ ansible_facts.size }}" } }
    - { name: kept, debug: { msg: "{{ ansible_connection }} {{ ansible_become_user | default('nobody') }}" } }
    - { name: literal, debug: { msg: "{{ text }}" } }`,
    files: {
      'library/facts':
        '#!/bin/sh\necho \'{"ansible_facts": {"colour": "red", "ansible_size": 3, "text": "{{ 1 }}", ' +
        '"ansible_connection": "ssh", "ansible_become_user": "root", "connection": "ssh", "become_user": "root"}}\'\n',
    },
    lines: [
      'one ok facts',
      'one ok told: red red 3 3',
      'one ok kept: local nobody',
      'one ok literal: {{ 1 }}',
    ],
  },
  {
    says: 'one that fails, or says nothing, fails the task; one may say that there was nothing to do',
    tasks: `
    - { name: failed, says: { what: '{"failed": true, "msg": "no"}' }, ignore_errors: true }
    - { name: status, says: { what: '{"rc": 3, "msg": "bad"}' }, ignore_errors: true }
    - { name: nothing, says: { what: "" }, ignore_errors: true, register: nothing }
    - { name: why, debug: { msg: "{{ nothing.module_stderr }}" } }
    - { name: skipped, says: { what: '{"skipped": true}' } }`,
    files: { 'library/says': '#!/bin/sh\n. "$1"\necho why >&2\nprintf %s "$what"\n' },
    lines: [
      'one failed failed: no',
      'one failed status: bad',
      'one failed nothing: MODULE FAILURE: No start of json char found\nSee stdout/stderr for the exact error',
      'one ok why: why\n',
      'one skipped skipped',
    ],
  },
  {
    says: 'one may run in the background',
    tasks: `
    - { name: started, greet: { greeting: hello }, async: 20, poll: 1 }`,
    files: { 'library/greet': WORDS },
    lines: ['one ok started: hello from ansible_greet'],
  },
  {
    says: 'one goes before a module that is built in, unless that is named in full; a role brings its own',
    playbook: `
- hosts: all
  gather_facts: false
  roles: [mine]
  tasks:
    - { name: ours, ping: }
    - { name: legacy, ansible.legacy.ping: }
    - { name: theirs, ansible.builtin.ping: }`,
    files: {
      'roles/mine/library/ping': '#!/bin/sh\necho \'{"msg": "mine"}\'\n',
      'roles/mine/tasks/main.yml': '- { name: role, ping: }',
    },
    lines: ['one ok role: mine', 'one ok ours: mine', 'one ok legacy: mine', 'one ok theirs'],
  },
]

describe('modules of one’s own', () => {
  testCases(cases)

  test('secret arguments stand in no process’s arguments, and nothing of a module is left on the host', async () => {
    const look = `#!/bin/sh
directory=$(dirname "$0")
echo "{\\"msg\\": \\"$(stat -c %a "$directory" "$0" "$1" | tr '\\n' ' ')\\", \\"where\\": \\"$directory\\", \\"words\\": \\"$(tr '\\0' ' ' </proc/$$/cmdline)\\"}"
exit 1
`
    const playbook = `
- hosts: all
  gather_facts: false
  tasks:
    - { name: look, look: { password: hunter-2 }, register: seen }
    - { name: words, debug: { msg: "{{ 'hunter' in seen.words }}" } }
    - { name: gone, command: "ls -d {{ seen.where }}", failed_when: false, register: left }
    - { name: left, debug: { msg: "{{ left.rc != 0 }}" } }`
    const { lines } = await play(playbook, { files: { 'library/look': look } })
    expect(lines).toEqual([
      'one ok look: 700 700 600 ',
      'one ok words: false',
      'one changed gone: non-zero return code',
      'one ok left: true',
    ])
  })
})
