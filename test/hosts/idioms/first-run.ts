import type { Idiom } from './idiom.ts'

/** The kinds of first-run tasks on which Ansible's check mode fails or misleads. */
export const firstRun: readonly Idiom[] = [
  {
    name: 'lineinfile in a file that the run writes',
    tasks: `
- name: write
  copy: { dest: /srv/f1.conf, content: "a=1\\nb=2\\n", mode: "0644" }
- name: edit
  lineinfile: { path: /srv/f1.conf, regexp: "^b=", line: "b=3" }
- name: add
  lineinfile: { path: /srv/f1.conf, line: "c=4", insertafter: "^a=" }
`,
  },
  {
    name: 'blockinfile in a file that the run writes',
    tasks: `
- name: write
  copy: { dest: /srv/f2.conf, content: "first\\nlast\\n", mode: "0644" }
- name: block
  blockinfile: { path: /srv/f2.conf, block: "one\\ntwo", insertafter: first, marker: "# {mark} ours" }
- name: block again
  blockinfile: { path: /srv/f2.conf, block: "one\\nthree", marker: "# {mark} ours" }
`,
  },
  {
    name: 'replace in a file that the run writes',
    tasks: `
- name: write
  copy: { dest: /srv/f3.conf, content: "port 80\\nport 81\\n" }
- name: replace
  replace: { path: /srv/f3.conf, regexp: 'port (\\d+)', replace: 'listen \\1' }
`,
  },
  {
    name: 'chmod of a file that the run writes',
    tasks: `
- name: write
  copy: { dest: /srv/f4.sh, content: "#!/bin/sh\\n" }
- name: executable
  file: { path: /srv/f4.sh, mode: "0755" }
- name: symbolic
  file: { path: /srv/f4.sh, mode: "g-x,o=" }
- name: somebody's
  file: { path: /srv/f4.sh, owner: daemon, group: adm }
`,
  },
  {
    name: 'a link to a file that the run writes',
    tasks: `
- name: write
  copy: { dest: /srv/f5.conf, content: "x\\n" }
- name: link
  file: { src: /srv/f5.conf, dest: /srv/f5.link, state: link }
- name: through the link
  lineinfile: { path: /srv/f5.link, line: y }
`,
  },
  {
    name: 'slurp of a file that the run writes',
    tasks: `
- name: write
  copy: { dest: /srv/f6.txt, content: "hello\\n" }
- name: slurp
  slurp: { src: /srv/f6.txt }
  register: read
- name: use
  copy: { dest: /srv/f6.copy, content: "{{ read.content | b64decode }}world\\n" }
`,
  },
  {
    name: 'unarchive into a directory that the run makes',
    before:
      'mkdir -p /tmp/f7/site && echo page > /tmp/f7/site/index.html && tar czf /root/f7.tgz -C /tmp/f7 site',
    tasks: `
- name: directory
  file: { path: /srv/f7, state: directory }
- name: unpack
  unarchive: { src: /root/f7.tgz, dest: /srv/f7, remote_src: true }
- name: edit inside
  lineinfile: { path: /srv/f7/site/index.html, line: footer }
`,
  },
  {
    name: 'the dest of a registered template',
    files: { 'templates/f8.conf.ejs': 'value = <%= value %>\n' },
    tasks: `
- name: render
  template: { src: f8.conf.ejs, dest: /srv/f8.conf }
  vars: { value: 5 }
  register: rendered
- name: use its dest
  file: { path: "{{ rendered.dest }}", mode: "0600" }
- name: use its checksum
  copy: { dest: /srv/f8.sum, content: "{{ rendered.checksum }} {{ rendered.size }}\\n" }
`,
  },
  {
    name: 'the result of a command is not made up',
    tasks: `
- name: ask
  command: cat /etc/hostname
  register: answer
- name: when it is empty
  copy: { dest: /srv/f9.empty, content: "nothing\\n" }
  when: answer.stdout == ""
- name: when it is not
  copy: { dest: /srv/f9.full, content: "{{ answer.stdout }}\\n" }
  when: answer.rc == 0
- name: in any case
  copy: { dest: /srv/f9.any, content: "any\\n" }
  when: answer.rc == 0 or true
`,
    unknown: ['ask', 'when it is empty', 'when it is not'],
  },
  {
    name: 'stat of a file that the run writes',
    tasks: `
- name: before
  stat: { path: /srv/f10.flag }
  register: earlier
- name: write
  copy: { dest: /srv/f10.flag, content: "1\\n", mode: "0640", owner: daemon }
- name: after
  stat: { path: /srv/f10.flag }
  register: later
- name: only without
  copy: { dest: /srv/f10.without, content: "" }
  when: not later.stat.exists
- name: only with
  copy: { dest: /srv/f10.with, content: "{{ later.stat.mode }} {{ later.stat.size }} {{ later.stat.pw_name }}\\n" }
  when: later.stat.exists and not earlier.stat.exists
`,
  },
  {
    name: 'fetch of a file that the run writes',
    tasks: `
- name: write
  copy: { dest: /srv/f11.txt, content: "mine\\n" }
- name: fetch
  fetch: { src: /srv/f11.txt, dest: "{{ playbook_dir }}/fetched/", flat: true }
`,
  },
  {
    name: 'assemble of fragments that the run writes',
    tasks: `
- name: directory
  file: { path: /srv/f12.d, state: directory }
- name: fragments
  copy: { dest: "/srv/f12.d/{{ item }}", content: "{{ item }}\\n" }
  loop: [20-b, 10-a]
- name: assemble
  assemble: { src: /srv/f12.d, dest: /srv/f12.conf }
`,
  },
  {
    name: 'validate runs on what would be written',
    tasks: `
- name: good
  copy: { dest: /srv/f13.good, content: "good\\n", validate: "grep -q good %s" }
`,
  },
  {
    name: 'validate that finds a fault',
    tasks: `
- name: bad
  copy: { dest: /srv/f14.bad, content: "bad\\n", validate: "grep -q good %s" }
`,
    fails: ['bad'],
  },
  {
    name: 'validate that finds a fault after other changes says that it cannot tell',
    tasks: `
- name: what it needs
  copy: { dest: /srv/f15.words, content: "fine\\n" }
- name: checked
  copy: { dest: /srv/f15.conf, content: "fine\\n", validate: "grep -qf /srv/f15.words %s" }
`,
    unknown: ['checked'],
  },
  {
    name: 'a service whose package the run installs',
    tasks: `
- name: package
  apt: { name: cron, update_cache: true }
- name: service
  service: { name: cron, state: started, enabled: true }
- name: its crontab
  lineinfile: { path: /etc/crontab, line: "# ours" }
`,
  },
  {
    name: 'become a user that the run makes',
    tasks: `
- name: user
  user: { name: f17, shell: /bin/bash }
- name: as them
  copy: { dest: ~/hello, content: "hi\\n" }
  become: true
  become_user: f17
- name: in their home
  file: { path: ~/sub/deep, state: directory }
  become: true
  become_user: f17
- name: what was made
  stat: { path: /home/f17/hello }
  register: seen
- name: whose
  debug: { msg: "{{ seen.stat.pw_name }} {{ seen.stat.mode }}" }
`,
  },
  {
    name: 'apt without python3-apt',
    tasks: `
- name: install
  apt: { name: tree, state: present, update_cache: true, cache_valid_time: 3600 }
`,
  },
  {
    name: 'copy into a directory that the run makes',
    files: { 'files/f19.txt': 'shipped\n' },
    tasks: `
- name: directory
  file: { path: /srv/f19/deep, state: directory, mode: "0750" }
- name: into it
  copy: { src: f19.txt, dest: /srv/f19/deep/ }
- name: on the host
  copy: { src: /srv/f19/deep/f19.txt, dest: /srv/f19/copy, remote_src: true }
`,
  },
  {
    name: 'a file of a user and group that the run makes',
    tasks: `
- name: group
  group: { name: f20g }
- name: user
  user: { name: f20, group: f20g, system: true, home: /srv/f20home }
- name: file
  copy: { dest: /srv/f20, content: "x\\n", owner: f20, group: f20g, mode: "0640" }
`,
  },
  {
    name: 'a command whose result decides, guarded by creates',
    tasks: `
- name: make
  command: touch /srv/f21.made
  args: { creates: /srv/f21.made }
- name: again
  command: touch /srv/f21.made
  args: { creates: /srv/f21.made }
- name: use
  file: { path: /srv/f21.made, mode: "0600" }
`,
    unknown: ['make', 'use'],
  },
]
