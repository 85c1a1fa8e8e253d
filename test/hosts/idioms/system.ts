import type { Idiom } from './idiom.ts'

/** Users, packages, services and the machine itself. */
export const system: readonly Idiom[] = [
  {
    name: 'a user, then their authorized key and a command as them',
    tasks: `
- name: user
  user: { name: s1, shell: /bin/sh, groups: [adm, users] }
- name: key
  authorized_key: { user: s1, key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5m1lJm1lJm1lJm1lJm1lJm1lJm1lJm1lJm1lJm1lJm a@b" }
- name: command
  command: id -un
  become: true
  become_user: s1
  register: who
- name: as them
  copy: { dest: /home/s1/file, content: "x\\n" }
  become: true
  become_user: s1
- name: into their keys
  lineinfile: { path: ~/.ssh/authorized_keys, line: "# ours" }
  become: true
  become_user: s1
`,
    unknown: ['command'],
  },
  {
    name: 'a system user, their directories and files',
    tasks: `
- name: group
  group: { name: s2, system: true }
- name: user
  user: { name: s2, group: s2, system: true, shell: /usr/sbin/nologin, home: /var/lib/s2, create_home: false }
- name: home
  file: { path: /var/lib/s2/data, state: directory, owner: s2, group: s2, mode: "0750" }
- name: secret
  copy: { dest: /var/lib/s2/secret, content: "x\\n", owner: s2, group: s2, mode: "0400" }
`,
  },
  {
    name: 'a group, then a user in it, then a change of both',
    tasks: `
- name: group
  group: { name: s3g, gid: 4400 }
- name: user
  user: { name: s3, uid: 4401, groups: s3g, append: true }
- name: another shell
  user: { name: s3, shell: /bin/sh }
- name: away
  user: { name: s3, state: absent, remove: true }
- name: home is gone
  stat: { path: /home/s3 }
  register: home
- name: say
  debug: { msg: "{{ home.stat.exists }}" }
`,
  },
  {
    name: 'sudoers for a user, checked by visudo',
    tasks: `
- name: user
  user: { name: s4 }
- name: sudoers
  copy: { dest: /etc/sudoers.d/s4, content: "s4 ALL=(ALL) NOPASSWD: ALL\\n", mode: "0440", validate: "visudo -cf %s" }
`,
  },
  {
    name: 'a package, its configuration, and a handler that restarts it',
    tasks: `
- name: package
  apt: { name: nginx-light, update_cache: true }
- name: default site removed
  file: { path: /etc/nginx/sites-enabled/default, state: absent }
  notify: reload
- name: site
  copy:
    dest: /etc/nginx/sites-available/s5
    content: |
      server { listen 127.0.0.1:8085; }
  notify: reload
- name: enabled
  file: { src: /etc/nginx/sites-available/s5, dest: /etc/nginx/sites-enabled/s5, state: link }
  notify: reload
- name: service
  service: { name: nginx, state: started, enabled: true }
`,
    handlers: `
- name: reload
  service: { name: nginx, state: reloaded }
`,
  },
  {
    name: "a package's configuration edited",
    tasks: `
- name: package
  apt: { name: logrotate, update_cache: true }
- name: edit
  lineinfile: { path: /etc/logrotate.conf, regexp: "^rotate ", line: "rotate 8" }
- name: drop-in
  copy: { dest: /etc/logrotate.d/s6, content: "/var/log/s6.log { weekly }\\n" }
- name: seen
  stat: { path: /usr/sbin/logrotate }
  register: program
- name: say
  debug: { msg: "{{ program.stat.exists }} {{ program.stat.mode }}" }
`,
  },
  {
    name: 'a unit written, started and enabled',
    tasks: `
- name: unit
  copy:
    dest: /etc/systemd/system/s7.service
    content: |
      [Unit]
      Description=s7
      [Service]
      ExecStart=/bin/sleep infinity
      [Install]
      WantedBy=multi-user.target
  notify: restart
- name: started
  systemd: { name: s7, state: started, enabled: true, daemon_reload: true }
- name: again
  systemd: { name: s7, state: started, enabled: true }
`,
    handlers: `
- name: restart
  systemd: { name: s7, state: restarted, daemon_reload: true }
`,
  },
  {
    name: 'a unit stopped, disabled and masked',
    before:
      'printf "[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n" > /etc/systemd/system/s8.service; systemctl daemon-reload; systemctl enable --now s8',
    tasks: `
- name: stopped
  systemd: { name: s8, state: stopped, enabled: false }
- name: again
  systemd: { name: s8, state: stopped, enabled: false }
- name: gone
  file: { path: /etc/systemd/system/s8.service, state: absent }
- name: masked
  systemd: { name: s8, masked: true, daemon_reload: true }
`,
  },
  {
    name: 'a timer with its service',
    tasks: `
- name: units
  copy: { dest: "/etc/systemd/system/s9.{{ item.type }}", content: "{{ item.text }}" }
  loop:
    - { type: service, text: "[Service]\\nType=oneshot\\nExecStart=/bin/true\\n" }
    - { type: timer, text: "[Timer]\\nOnCalendar=daily\\n[Install]\\nWantedBy=timers.target\\n" }
  loop_control: { label: "{{ item.type }}" }
- name: timer
  systemd: { name: s9.timer, state: started, enabled: true, daemon_reload: true }
`,
  },
  {
    name: 'cron entries',
    before:
      'DEBIAN_FRONTEND=noninteractive apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y cron >/dev/null',
    tasks: `
- name: job
  cron: { name: s10, minute: "5", hour: "4", job: /bin/true }
- name: again
  cron: { name: s10, minute: "5", hour: "4", job: /bin/true }
- name: changed
  cron: { name: s10, minute: "6", hour: "4", job: /bin/true }
- name: in a file
  cron: { name: s10, user: root, special_time: daily, job: /bin/true, cron_file: s10 }
- name: away
  cron: { name: s10, state: absent }
`,
  },
  {
    name: 'sysctl',
    tasks: `
- name: set
  sysctl: { name: net.ipv4.ip_forward, value: "1", sysctl_file: /etc/sysctl.d/s11.conf, sysctl_set: true }
- name: again
  sysctl: { name: net.ipv4.ip_forward, value: "1", sysctl_file: /etc/sysctl.d/s11.conf, sysctl_set: true }
- name: edit
  lineinfile: { path: /etc/sysctl.d/s11.conf, line: "# ours" }
`,
  },
  {
    name: 'host name and time zone',
    tasks: `
- name: hostname
  hostname: { name: s12 }
- name: hosts
  lineinfile: { path: /etc/hosts, line: "127.0.1.1 s12" }
- name: what is in it
  slurp: { src: /etc/hostname }
  register: named
- name: say
  debug: { msg: "{{ named.content | b64decode }}" }
- name: again
  hostname: { name: s12 }
`,
  },
  {
    name: 'a package removed, and what it leaves',
    before:
      'DEBIAN_FRONTEND=noninteractive apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y hello >/dev/null',
    tasks: `
- name: removed
  apt: { name: hello, state: absent }
- name: gone
  stat: { path: /usr/bin/hello }
  register: program
- name: say
  debug: { msg: "{{ program.stat.exists }}" }
- name: again
  apt: { name: hello, state: absent }
`,
  },
  {
    name: 'several packages, then a command that one of them brings',
    tasks: `
- name: packages
  apt: { name: [hello, tree], update_cache: true }
- name: program
  stat: { path: /usr/bin/tree }
  register: tree
- name: command
  command: /usr/bin/tree --version
  changed_when: false
- name: so
  copy: { dest: /srv/s14, content: "x\\n" }
  when: tree.stat.exists
- name: again
  apt: { name: [hello, tree] }
`,
    unknown: ['command'],
  },
  {
    name: 'a firewall',
    tasks: `
- name: package
  apt: { name: ufw, update_cache: true }
- name: ssh
  ufw: { rule: allow, port: ssh, proto: tcp }
- name: web
  ufw: { rule: allow, port: "8080" }
- name: on
  ufw: { state: enabled, policy: deny, direction: incoming }
- name: again
  ufw: { rule: allow, port: "8080" }
`,
  },
]
