import type { Idiom } from './idiom.ts'

/** Files, directories and links. */
export const files: readonly Idiom[] = [
  {
    name: 'unarchive, then lineinfile inside',
    before:
      'mkdir -p /tmp/p1/etc && printf "a\\nb\\n" > /tmp/p1/etc/app.conf && tar cf /root/p1.tar -C /tmp/p1 etc',
    tasks: `
- name: directory
  file: { path: /srv/p1, state: directory }
- name: unpack
  unarchive: { src: /root/p1.tar, dest: /srv/p1, remote_src: true, creates: /srv/p1/etc/app.conf }
- name: edit
  lineinfile: { path: /srv/p1/etc/app.conf, regexp: "^b", line: "b = 2" }
`,
  },
  {
    name: 'a directory replaced by a link',
    before: 'mkdir -p /srv/p2/current /srv/p2/releases/1 && echo one > /srv/p2/releases/1/app',
    tasks: `
- name: away with the directory
  file: { path: /srv/p2/current, state: absent }
- name: the link
  file: { src: releases/1, dest: /srv/p2/current, state: link }
- name: what it shows
  slurp: { src: /srv/p2/current/app }
  register: app
- name: say
  debug: { msg: "{{ app.content | b64decode }}" }
`,
  },
  {
    name: 'an empty directory replaced by a link, by force',
    before: 'mkdir -p /srv/p3/empty /srv/p3/target',
    tasks: `
- name: link
  file: { src: target, dest: /srv/p3/empty, state: link, force: true }
- name: in it
  copy: { dest: /srv/p3/empty/file, content: "x\\n" }
- name: is there
  stat: { path: /srv/p3/target/file }
  register: there
- name: say
  debug: { msg: "{{ there.stat.exists }}" }
`,
  },
  {
    name: 'copy with force: false',
    before: 'echo old > /srv/p4.old',
    tasks: `
- name: there already
  copy: { dest: /srv/p4.old, content: "new\\n", force: false }
- name: not there
  copy: { dest: /srv/p4.new, content: "new\\n", force: false }
- name: there by now
  copy: { dest: /srv/p4.new, content: "newer\\n", force: false }
`,
  },
  {
    name: 'touch',
    tasks: `
- name: new
  file: { path: /srv/p5, state: touch, mode: "0600" }
- name: again
  file: { path: /srv/p5, state: touch, mode: "0644" }
- name: without new times
  file: { path: /srv/p5, state: touch, access_time: preserve, modification_time: preserve }
`,
  },
  {
    name: 'absent, then present',
    before: 'mkdir -p /srv/p6/sub && echo x > /srv/p6/sub/file',
    tasks: `
- name: away
  file: { path: /srv/p6, state: absent }
- name: back
  file: { path: /srv/p6, state: directory }
- name: nothing is left in it
  stat: { path: /srv/p6/sub/file }
  register: left
- name: write
  copy: { dest: /srv/p6/file, content: "{{ left.stat.exists }}\\n" }
`,
  },
  {
    name: 'present, then absent',
    tasks: `
- name: write
  copy: { dest: /srv/p7, content: "x\\n" }
- name: away
  file: { path: /srv/p7, state: absent }
- name: away again
  file: { path: /srv/p7, state: absent }
- name: gone
  stat: { path: /srv/p7 }
  register: gone
- name: say
  debug: { msg: "{{ gone.stat.exists }}" }
`,
  },
  {
    name: 'links to links',
    tasks: `
- name: directory
  file: { path: /srv/p8/real, state: directory }
- name: first
  file: { src: real, dest: /srv/p8/one, state: link }
- name: second
  file: { src: /srv/p8/one, dest: /srv/p8/two, state: link }
- name: through both
  copy: { dest: /srv/p8/two/file, content: "deep\\n" }
- name: the first moves
  file: { path: /srv/p8/other, state: directory }
- name: moved
  file: { src: other, dest: /srv/p8/one, state: link }
- name: through both again
  copy: { dest: /srv/p8/two/file, content: "deep\\n" }
`,
  },
  {
    name: 'a link to nothing yet',
    tasks: `
- name: refused
  file: { src: /srv/p9.later, dest: /srv/p9.link, state: link }
  ignore_errors: true
- name: forced
  file: { src: /srv/p9.later, dest: /srv/p9.link, state: link, force: true }
- name: dangling
  stat: { path: /srv/p9.link, follow: true }
  register: dangling
- name: the target
  copy: { dest: /srv/p9.later, content: "now {{ dangling.stat.exists }}\\n" }
- name: through it
  slurp: { src: /srv/p9.link }
`,
    fails: ['refused'],
  },
  {
    name: 'what is made in a set-gid directory',
    tasks: `
- name: directory
  file: { path: /srv/p10, state: directory, mode: "2775", group: adm }
- name: file
  copy: { dest: /srv/p10/file, content: "x\\n" }
- name: directory in it
  file: { path: /srv/p10/sub, state: directory }
- name: file in that
  copy: { dest: /srv/p10/sub/file, content: "x\\n" }
- name: seen
  stat: { path: /srv/p10/sub }
  register: sub
- name: say
  debug: { msg: "{{ sub.stat.mode }} {{ sub.stat.gr_name }}" }
`,
  },
  {
    name: 'symbolic modes',
    before:
      'mkdir -p /srv/p11/d && touch /srv/p11/f /srv/p11/d/x && chmod 755 /srv/p11/d/x && chmod 600 /srv/p11/f',
    tasks: `
- name: capital X on everything
  file: { path: /srv/p11, state: directory, recurse: true, mode: "u=rwX,g=rX,o=" }
- name: plus
  file: { path: /srv/p11/f, mode: "+x" }
- name: sticky
  file: { path: /srv/p11/d, mode: "a+rwx,+t" }
- name: new file
  copy: { dest: /srv/p11/new, content: "x\\n", mode: "u+x,g-r,o-r" }
`,
  },
  {
    name: 'backup before a change',
    before: 'echo old > /srv/p12',
    tasks: `
- name: change
  copy: { dest: /srv/p12, content: "new\\n", backup: true }
  register: changed
- name: where the old one is
  debug: { msg: "{{ changed.backup_file }}" }
`,
    unknown: ['where the old one is'],
  },
  {
    name: 'a second role changing what a first one wrote',
    plays: `
- hosts: all
  become: true
  gather_facts: false
  roles: [p13-first, p13-second]
`,
    files: {
      'roles/p13-first/tasks/main.yml': `
- name: write
  copy: { dest: /srv/p13.conf, content: "level = low\\n", mode: "0644" }
`,
      'roles/p13-second/tasks/main.yml': `
- name: change
  lineinfile: { path: /srv/p13.conf, regexp: "^level", line: "level = high" }
- name: close
  file: { path: /srv/p13.conf, mode: "0600" }
`,
    },
  },
  {
    name: 'a template over what a first task copied',
    files: { 'templates/p14.j2': 'host {{ name }}\n{% for i in [1, 2] %}n {{ i }}\n{% endfor %}' },
    tasks: `
- name: copy
  copy: { dest: /srv/p14, content: "other\\n" }
- name: render
  template: { src: p14.j2, dest: /srv/p14, mode: "0444" }
  vars: { name: x }
- name: render again
  template: { src: p14.j2, dest: /srv/p14, mode: "0444" }
  vars: { name: x }
`,
  },
  {
    name: 'a file through a link that the run moves',
    before:
      'mkdir -p /srv/p15/1 /srv/p15/2 && echo a > /srv/p15/1/f && echo b > /srv/p15/2/f && ln -s 1 /srv/p15/now',
    tasks: `
- name: move
  file: { src: "2", dest: /srv/p15/now, state: link }
- name: edit
  lineinfile: { path: /srv/p15/now/f, line: c }
- name: the old one
  slurp: { src: /srv/p15/1/f }
  register: old
- name: the new one
  slurp: { src: /srv/p15/2/f }
  register: new
- name: say
  debug: { msg: "{{ old.content | b64decode }} {{ new.content | b64decode }}" }
`,
  },
  {
    name: 'a tree copied, then changed inside',
    files: { 'files/p16/a.txt': 'a\n', 'files/p16/sub/b.txt': 'b\n' },
    tasks: `
- name: tree
  copy: { src: p16/, dest: /srv/p16/ }
- name: inside
  lineinfile: { path: /srv/p16/sub/b.txt, line: c }
- name: tree again
  copy: { src: p16/, dest: /srv/p16/ }
`,
  },
  {
    name: 'a binary file',
    before: 'head -c 3000 /dev/urandom > /srv/p17.bin',
    tasks: `
- name: copied
  copy: { src: /srv/p17.bin, dest: /srv/p17.copy, remote_src: true }
- name: replaced
  copy: { dest: /srv/p17.bin, content: "text\\n" }
`,
  },
  {
    name: 'a hard link',
    tasks: `
- name: file
  copy: { dest: /srv/p18, content: "x\\n" }
- name: hard
  file: { src: /srv/p18, dest: /srv/p18.hard, state: hard }
- name: read
  slurp: { src: /srv/p18.hard }
`,
  },
  {
    name: 'lineinfile that makes its file',
    tasks: `
- name: make
  lineinfile: { path: /srv/p19, line: "x=1", create: true, mode: "0600" }
- name: no line
  lineinfile: { path: /srv/p19, regexp: "^x", state: absent }
- name: empty by now
  stat: { path: /srv/p19 }
  register: seen
- name: say
  debug: { msg: "{{ seen.stat.size }} {{ seen.stat.mode }}" }
`,
  },
  {
    name: 'find in what the run makes',
    tasks: `
- name: directory
  file: { path: /srv/p20/sub, state: directory }
- name: files
  copy: { dest: "/srv/p20/{{ item }}", content: "{{ item }}\\n" }
  loop: [one.conf, two.conf, sub/three.conf, four.txt]
- name: find
  find: { paths: /srv/p20, patterns: "*.conf", recurse: true }
  register: found
- name: remove
  file: { path: "{{ item.path }}", state: absent }
  loop: "{{ found.files }}"
  loop_control: { label: "{{ item.path }}" }
- name: left
  find: { paths: /srv/p20 }
  register: left
- name: say
  debug: { msg: "{{ left.files | map(attribute='path') | list }}" }
`,
  },
  {
    name: 'what a command names cannot be told afterwards, other files can',
    before: 'echo 1 > /srv/p21.named; echo 1 > /srv/p21.other',
    tasks: `
- name: command
  command: sed -i s/1/2/ /srv/p21.named
- name: named
  lineinfile: { path: /srv/p21.named, line: "1" }
- name: other
  lineinfile: { path: /srv/p21.other, line: "2" }
`,
    unknown: ['command', 'named'],
  },
  {
    name: 'what a command may have made is not said to be missing',
    tasks: `
- name: command
  shell: echo hi > /srv/p22."$(echo made)"
- name: look
  stat: { path: /srv/p22.made }
  register: made
- name: branch
  copy: { dest: /srv/p22.branch, content: "x\\n" }
  when: made.stat.exists
- name: edit
  lineinfile: { path: /srv/p22.made, line: ho }
- name: new
  copy: { dest: /srv/p22.new, content: "x\\n" }
`,
    unknown: ['command', 'look', 'branch', 'edit'],
  },
  {
    name: 'a command that changes nothing leaves nothing in doubt',
    tasks: `
- name: ask
  command: uname -r
  register: kernel
  changed_when: false
- name: look
  stat: { path: /srv/p23.missing }
  register: missing
- name: branch
  copy: { dest: /srv/p23, content: "x\\n" }
  when: not missing.stat.exists
`,
    unknown: ['ask'],
  },
  {
    name: 'a file is foretold though its content is not',
    tasks: `
- name: ask
  command: date +%s
  register: now
- name: write
  copy: { dest: /srv/p24, content: "{{ now.stdout }}\\n", mode: "0600" }
- name: is there
  stat: { path: /srv/p24 }
  register: seen
- name: so
  file: { path: /srv/p24.so, state: touch }
  when: seen.stat.exists and seen.stat.mode == "0600"
- name: closed
  file: { path: /srv/p24, mode: "0400" }
- name: read
  slurp: { src: /srv/p24 }
`,
    unknown: ['ask', 'read'],
  },
]
