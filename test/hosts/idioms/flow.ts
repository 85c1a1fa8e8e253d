import type { Idiom } from './idiom.ts'

/** Conditions, loops, includes, blocks, handlers, several hosts' worth of keywords. */
export const flow: readonly Idiom[] = [
  {
    name: 'a template whose loop comes from a registered command',
    files: { 'templates/l1.ejs': '<% for (const line of lines) { %><%= line %>\n<% } %>' },
    tasks: `
- name: ask
  command: cut -d= -f1 /etc/os-release
  register: names
- name: render
  template: { src: l1.ejs, dest: /srv/l1 }
  vars: { lines: "{{ names.stdout_lines }}" }
- name: each
  copy: { dest: "/srv/l1.{{ item }}", content: "x\\n" }
  loop: "{{ names.stdout_lines }}"
`,
    unknown: ['ask', 'each'],
  },
  {
    name: 'the same from a command that only looks',
    files: { 'templates/l2.ejs': '<% for (const line of lines) { %><%= line %>\n<% } %>' },
    tasks: `
- name: ask
  command: cut -d= -f1 /etc/os-release
  register: names
  changed_when: false
  check_mode: false
- name: render
  template: { src: l2.ejs, dest: /srv/l2 }
  vars: { lines: "{{ names.stdout_lines }}" }
- name: each
  copy: { dest: "/srv/l2.{{ item }}", content: "x\\n" }
  loop: "{{ names.stdout_lines }}"
`,
  },
  {
    name: 'a rescue after a failure that is foretold',
    tasks: `
- block:
    - name: fails
      file: { path: /srv/l3.missing, mode: "0600" }
    - name: never
      copy: { dest: /srv/l3.never, content: "x\\n" }
  rescue:
    - name: rescued
      copy: { dest: /srv/l3.rescued, content: "{{ ansible_failed_task.name }}\\n" }
  always:
    - name: always
      copy: { dest: /srv/l3.always, content: "x\\n" }
- name: afterwards
  stat: { path: /srv/l3.rescued }
`,
    fails: ['fails'],
  },
  {
    name: 'set_fact from registered results',
    tasks: `
- name: write
  copy: { dest: "/srv/l4.{{ item }}", content: "{{ item }}\\n", mode: "0600" }
  loop: [a, b]
  register: written
- name: gather
  set_fact: { paths: "{{ written.results | map(attribute='dest') | list }}", any: "{{ written is changed }}" }
- name: use
  copy: { dest: /srv/l4.list, content: "{{ paths | join(',') }} {{ any }}\\n" }
- name: each
  file: { path: "{{ item.dest }}", mode: "0644" }
  loop: "{{ written.results }}"
  loop_control: { label: "{{ item.item }}" }
  when: item is changed
`,
  },
  {
    name: 'a loop over the results of a loop of stats',
    before: 'touch /srv/l5.there',
    tasks: `
- name: make
  copy: { dest: /srv/l5.made, content: "" }
- name: look
  stat: { path: "/srv/l5.{{ item }}" }
  loop: [there, made, missing]
  register: looks
- name: missing ones
  copy: { dest: "/srv/l5.{{ item.item }}", content: "now\\n" }
  loop: "{{ looks.results }}"
  loop_control: { label: "{{ item.item }}" }
  when: not item.stat.exists
`,
  },
  {
    name: 'include_tasks chosen by stat',
    files: {
      'l6-true.yml': '- name: with\n  copy: { dest: /srv/l6.with, content: "x\\n" }\n',
      'l6-false.yml': '- name: without\n  copy: { dest: /srv/l6.without, content: "x\\n" }\n',
    },
    tasks: `
- name: write
  copy: { dest: /srv/l6, content: "x\\n" }
- name: look
  stat: { path: /srv/l6 }
  register: seen
- name: include
  include_tasks: "l6-{{ seen.stat.exists | lower }}.yml"
`,
  },
  {
    name: 'include_tasks that waits for a command',
    files: { 'l7.yml': '- name: inside\n  copy: { dest: /srv/l7.inside, content: "x\\n" }\n' },
    tasks: `
- name: ask
  command: "true"
  register: answer
- name: include
  include_tasks: l7.yml
  when: answer.rc == 0
- name: afterwards
  stat: { path: /srv/l7.inside }
`,
    unknown: ['ask', 'include', 'inside', 'afterwards'],
  },
  {
    name: 'handlers in a chain',
    tasks: `
- name: configure
  copy: { dest: /srv/l8.conf, content: "x\\n" }
  notify: [last, first]
- name: unchanged
  file: { path: /srv, state: directory }
  notify: never
`,
    handlers: `
- name: first
  copy: { dest: /srv/l8.first, content: "x\\n" }
  notify: second
- name: second
  copy: { dest: /srv/l8.second, content: "x\\n" }
- name: last
  copy: { dest: /srv/l8.last, content: "x\\n" }
- name: never
  copy: { dest: /srv/l8.never, content: "x\\n" }
`,
  },
  {
    name: 'handlers flushed in the middle',
    tasks: `
- name: configure
  copy: { dest: /srv/l9.conf, content: "x\\n" }
  notify: made
- meta: flush_handlers
- name: after
  stat: { path: /srv/l9.made }
  register: made
- name: so
  copy: { dest: /srv/l9.so, content: "{{ made.stat.exists }}\\n" }
`,
    handlers: `
- name: made
  copy: { dest: /srv/l9.made, content: "x\\n" }
`,
  },
  {
    name: 'a handler that may be notified',
    tasks: `
- name: command
  command: "true"
  notify: perhaps
- name: certain
  copy: { dest: /srv/l10, content: "x\\n" }
  notify: surely
`,
    handlers: `
- name: perhaps
  copy: { dest: /srv/l10.perhaps, content: "x\\n" }
- name: surely
  copy: { dest: /srv/l10.surely, content: "x\\n" }
`,
    unknown: ['command', 'perhaps'],
  },
  {
    name: 'conditions that an unknown cannot change',
    tasks: `
- name: ask
  command: "true"
  register: answer
- name: never
  copy: { dest: /srv/l11.never, content: "x\\n" }
  when: false and answer.rc == 0
- name: surely
  copy: { dest: /srv/l11.surely, content: "x\\n" }
  when: true or answer.rc == 0
- name: defined
  copy: { dest: /srv/l11.defined, content: "x\\n" }
  when: answer is defined
`,
    unknown: ['ask'],
  },
  {
    name: 'until that a prediction fulfils',
    tasks: `
- name: write
  copy: { dest: /srv/l12, content: "ready\\n" }
- name: wait
  slurp: { src: /srv/l12 }
  register: read
  until: "'ready' in (read.content | b64decode)"
  retries: 2
  delay: 1
`,
  },
  {
    name: 'failed_when and changed_when',
    tasks: `
- name: never changed
  copy: { dest: /srv/l13, content: "x\\n" }
  changed_when: false
  register: one
- name: fails
  copy: { dest: /srv/l13.two, content: "x\\n" }
  register: two
  failed_when: two.size == 2
  ignore_errors: true
- name: skipped
  copy: { dest: /srv/l13.never, content: "x\\n" }
  when: one is changed or two is not failed
`,
    fails: ['fails'],
  },
  {
    name: 'wait_for and uri after pending changes',
    tasks: `
- name: port that nobody waits at
  wait_for: { port: 22, timeout: 5 }
- name: write
  copy: { dest: /srv/l14, content: "x\\n" }
- name: port
  wait_for: { port: 22, timeout: 5 }
  register: port
- name: passed
  debug: { msg: "{{ port.state }} {{ port is succeeded }}" }
- name: may fail
  wait_for: { port: 22, timeout: 5 }
  ignore_errors: true
`,
    unknown: ['may fail'],
  },
  {
    name: 'vars that mention results, evaluated late',
    tasks: `
- name: write
  copy: { dest: /srv/l15, content: "one\\n" }
  register: written
- name: use
  copy: { dest: /srv/l15.use, content: "{{ told }}\\n" }
  vars: { told: "{{ 'yes' if written.changed else 'no' }}" }
`,
  },
  {
    name: 'a dry run of one task in a real run, and the other way round',
    tasks: `
- name: only foretold
  copy: { dest: /srv/l16.dry, content: "x\\n" }
  check_mode: true
- name: written
  copy: { dest: /srv/l16.real, content: "x\\n" }
`,
  },
]

/** The same with more than one host. */
export const hosts: readonly Idiom[] = [
  {
    name: 'delegate_to, run_once and serial',
    plays: `
- hosts: all
  become: true
  gather_facts: false
  serial: 1
  tasks:
    - name: mine
      copy: { dest: /srv/h1.mine, content: "{{ inventory_hostname }}\\n" }
    - name: for the other
      copy: { dest: "/srv/h1.from-{{ inventory_hostname }}", content: "x\\n" }
      delegate_to: "{{ groups['all'] | difference([inventory_hostname]) | first }}"
    - name: once
      copy: { dest: /srv/h1.once, content: "x\\n" }
      run_once: true
      register: once
    - name: everybody knows
      debug: { msg: "{{ once.dest }}" }
- hosts: all
  become: true
  gather_facts: false
  tasks:
    - name: from the other
      stat: { path: "/srv/h1.from-{{ groups['all'] | difference([inventory_hostname]) | first }}" }
      register: from
    - name: say
      debug: { msg: "{{ from.stat.exists }}" }
    - name: what the first knows
      debug: { msg: "{{ hostvars[groups['all'][0]].from.stat.exists }}" }
    - name: once more
      copy: { dest: /srv/h1.again, content: "x\\n" }
      run_once: true
      register: again
    - name: known
      copy: { dest: /srv/h1.known, content: "{{ again.checksum }}\\n" }
`,
  },
]
