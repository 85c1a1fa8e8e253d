import type { Idiom } from './idiom.ts'

/** What ordinary playbooks do in their first run, several steps at a time. */
export const ordinary: readonly Idiom[] = [
  {
    name: "replace in a package's configuration, then a line by backrefs",
    tasks: `
- name: package
  apt: { name: vsftpd, update_cache: true }
- name: replace
  replace: { path: /etc/vsftpd.conf, regexp: '^#?(anonymous_enable)=.*$', replace: '\\1=YES' }
- name: backrefs
  lineinfile: { path: /etc/vsftpd.conf, regexp: '^(listen)=(.*)$', line: '\\1=YES # was \\2', backrefs: true }
- name: block
  blockinfile: { path: /etc/vsftpd.conf, block: "pasv_min_port=40000\\npasv_max_port=40010", insertafter: EOF }
- name: read back
  slurp: { src: /etc/vsftpd.conf }
  register: config
- name: say
  debug: { msg: "{{ (config.content | b64decode).splitlines() | select('match', '^(anon|listen|pasv)') | list }}" }
`,
  },
  {
    name: "a drop-in for a package's unit, reloaded by a chain of handlers",
    tasks: `
- name: package
  apt: { name: memcached, update_cache: true }
- name: directory
  file: { path: /etc/systemd/system/memcached.service.d, state: directory }
- name: drop-in
  copy: { dest: /etc/systemd/system/memcached.service.d/limits.conf, content: "[Service]\\nLimitNOFILE=4096\\n" }
  notify: reload systemd
- name: options
  lineinfile: { path: /etc/memcached.conf, regexp: "^-m ", line: "-m 32" }
  notify: restart memcached
- name: service
  systemd: { name: memcached, enabled: true, state: started }
`,
    handlers: `
- name: reload systemd
  systemd: { daemon_reload: true }
  notify: restart memcached
- name: restart memcached
  service: { name: memcached, state: restarted }
  notify: told
- name: told
  debug: { msg: restarted }
`,
  },
  {
    name: 'a user with password and groups, then sudoers by a validated template, then as them',
    tasks: `
- name: groups
  group: { name: "{{ item }}" }
  loop: [o3a, o3b]
- name: user
  user: { name: o3, password: "$6$saltsalt$x", groups: [o3a, o3b], append: true, shell: /bin/bash, update_password: on_create }
- name: again
  user: { name: o3, password: "$6$other$y", groups: [o3a], append: true, update_password: on_create }
- name: sudoers
  template: { src: sudoers.j2, dest: /etc/sudoers.d/o3, mode: "0440", validate: "visudo -cf %s" }
- name: ssh directory
  file: { path: /home/o3/.ssh, state: directory, owner: o3, group: o3, mode: "0700" }
- name: profile
  lineinfile: { path: /home/o3/.bashrc, line: "export EDITOR=vi" }
- name: known to the name service
  getent: { database: passwd, key: o3 }
- name: say
  debug: { msg: "{{ ansible_facts.getent_passwd.o3[4] }}" }
`,
    files: {
      'templates/sudoers.j2': '{% for u in ["o3"] %}\n{{ u }} ALL=(ALL) NOPASSWD: ALL\n{% endfor %}\n',
    },
  },
  {
    name: 'a clone, then what is made in it once',
    before: `apt-get -q -y install git >/dev/null; rm -rf /srv/o4.git; git init -q --bare /srv/o4.git; d=$(mktemp -d); git clone -q /srv/o4.git $d 2>/dev/null; cd $d; git config user.email a@b; git config user.name a; echo 'all:' > Makefile; mkdir conf; echo x=1 > conf/app.ini; git add .; git commit -q -m 1; git push -q`,
    tasks: `
- name: clone
  git: { repo: /srv/o4.git, dest: /opt/o4 }
  register: clone
- name: setting
  ini_file: { path: /opt/o4/conf/app.ini, section: db, option: host, value: localhost }
- name: build
  command: { cmd: touch /opt/o4/built, creates: /opt/o4/built }
- name: only when it is new
  copy: { dest: /srv/o4.new, content: "new\\n" }
  when: clone is changed
- name: link
  file: { src: /opt/o4/conf, dest: /etc/o4, state: link }
`,
    // What is in a clone is not known before.
    unknown: ['build', 'link', 'setting'],
  },
  {
    name: 'a release unpacked, then the link to it',
    before: `mkdir -p /tmp/o5/app-1.2/bin; echo '#!/bin/sh' > /tmp/o5/app-1.2/bin/app; chmod 755 /tmp/o5/app-1.2/bin/app; echo debug=0 > /tmp/o5/app-1.2/app.conf; tar -C /tmp/o5 -czf /srv/app-1.2.tar.gz app-1.2; sha256sum /srv/app-1.2.tar.gz > /srv/o5.sum`,
    tasks: `
- name: sum
  slurp: { src: /srv/o5.sum }
  register: sum
- name: known sum
  set_fact: { o5_sum: "{{ (sum.content | b64decode).split()[0] }}" }
- name: releases
  file: { path: /opt/o5/releases, state: directory }
- name: fetch
  get_url: { url: "file:///srv/app-1.2.tar.gz", dest: /opt/o5/app.tar.gz, checksum: "sha256:{{ o5_sum }}" }
- name: unpack
  unarchive: { src: /opt/o5/app.tar.gz, dest: /opt/o5/releases, remote_src: true, creates: /opt/o5/releases/app-1.2/bin }
- name: current
  file: { src: releases/app-1.2, dest: /opt/o5/current, state: link }
- name: through the link
  lineinfile: { path: /opt/o5/current/app.conf, regexp: "^debug=", line: debug=1 }
- name: shared
  file: { src: /opt/o5/current/bin/app, dest: /usr/local/bin/o5, state: link }
- name: program
  stat: { path: /usr/local/bin/o5, follow: true }
  register: program
- name: say
  debug: { msg: "{{ program.stat.executable }} {{ program.stat.size }}" }
`,
  },
  {
    name: 'cron and log rotation of what the run installs',
    tasks: `
- name: packages
  apt: { name: [cron, logrotate], update_cache: true }
- name: environment
  cron: { name: PATH, env: true, job: "/usr/bin:/bin" }
- name: job
  cron: { name: backup, minute: "15", hour: "3", job: "/usr/local/bin/o6" }
- name: program
  copy: { dest: /usr/local/bin/o6, content: "#!/bin/sh\\ntrue\\n", mode: "0755" }
- name: system job
  cron: { name: sweep, cron_file: o6, user: root, special_time: daily, job: /bin/true }
- name: off
  cron: { name: backup, minute: "15", hour: "3", job: "/usr/local/bin/o6", disabled: true }
- name: rotation
  copy: { dest: /etc/logrotate.d/o6, content: "/var/log/o6.log {\\n  weekly\\n  missingok\\n}\\n", validate: "logrotate -d %s" }
- name: service
  service: { name: cron, enabled: true, state: started }
`,
  },
  {
    name: 'an alternative between what the run brings',
    tasks: `
- name: programs
  copy: { dest: "/usr/local/bin/o7-{{ item }}", content: "#!/bin/sh\\necho {{ item }}\\n", mode: "0755" }
  loop: [one, two]
- name: one
  alternatives: { name: o7, link: /usr/local/bin/o7, path: /usr/local/bin/o7-one, priority: 10 }
- name: two
  alternatives: { name: o7, link: /usr/local/bin/o7, path: /usr/local/bin/o7-two, priority: 20 }
- name: what it is
  stat: { path: /usr/local/bin/o7, follow: true }
  register: program
- name: say
  debug: { msg: "{{ program.stat.exists }}" }
`,
  },
  {
    name: 'a block that fails, its rescue and what comes always',
    tasks: `
- name: tried
  block:
    - name: file
      copy: { dest: /srv/o8, content: "one\\n" }
    - name: impossible
      lineinfile: { path: /srv/o8.missing, line: x }
    - name: never
      copy: { dest: /srv/o8.never, content: x }
  rescue:
    - name: back
      file: { path: /srv/o8, state: absent }
    - name: why
      copy: { dest: /srv/o8.why, content: "{{ ansible_failed_task.name }}: {{ ansible_failed_result.msg }}\\n" }
  always:
    - name: always
      copy: { dest: /srv/o8.always, content: "{{ lookup('pipe', 'echo x') }}\\n" }
- name: after
  stat: { path: /srv/o8 }
  register: o8
- name: gone
  assert: { that: not o8.stat.exists }
`,
    fails: ['impossible'],
  },
  {
    name: 'a loop until what the run makes is there',
    tasks: `
- name: begin
  copy: { dest: /srv/o9, content: "ready\\n" }
- name: wait
  slurp: { src: /srv/o9 }
  register: state
  until: (state.content | b64decode) is search('ready')
  retries: 3
  delay: 1
- name: for the file
  wait_for: { path: /srv/o9, timeout: 5 }
- name: told
  debug: { msg: "{{ state.attempts }}" }
`,
  },
  {
    name: 'registered changes that decide, in a loop and outside',
    tasks: `
- name: files
  copy: { dest: "/srv/o10-{{ item }}", content: "{{ item }}\\n" }
  loop: [a, b]
  register: made
- name: one more time
  copy: { dest: /srv/o10-a, content: "a\\n" }
  register: again
- name: when any is
  copy: { dest: /srv/o10.any, content: "{{ made.results | selectattr('changed') | map(attribute='item') | join(',') }}\\n" }
  when: made is changed
- name: when it is not
  copy: { dest: /srv/o10.not, content: x }
  when: again is changed
- name: sums
  copy: { dest: /srv/o10.sums, content: "{{ made.results | map(attribute='checksum') | join('\\n') }}\\n" }
`,
  },
  {
    name: 'a fact from a file that the run changes',
    tasks: `
- name: file
  copy: { dest: /etc/o11.json, content: '{"port": 80, "names": ["a"]}' }
- name: read
  slurp: { src: /etc/o11.json }
  register: raw
- name: fact
  set_fact: { o11: "{{ raw.content | b64decode | from_json | combine({'port': 8080}) }}" }
- name: written back
  copy: { dest: /etc/o11.json, content: "{{ o11 | to_nice_json }}\\n" }
- name: template
  template: { src: o11.j2, dest: /etc/o11.conf }
`,
    files: { 'templates/o11.j2': 'port={{ o11.port }}\n{% for n in o11.names %}name={{ n }}\n{% endfor %}' },
  },
  {
    name: 'a service that the run installs, awaited at its port',
    tasks: `
- name: package
  apt: { name: redis-server, update_cache: true }
- name: port
  lineinfile: { path: /etc/redis/redis.conf, regexp: "^port ", line: port 6390 }
  notify: restart redis
- name: now
  meta: flush_handlers
- name: service
  service: { name: redis-server, state: started, enabled: true }
- name: answers
  wait_for: { port: 6390, timeout: 20 }
- name: mode
  file: { path: /etc/redis/redis.conf, mode: "0600", owner: redis, group: redis }
- name: seen
  stat: { path: /etc/redis/redis.conf }
  register: conf
- name: say
  debug: { msg: "{{ conf.stat.pw_name }} {{ conf.stat.mode }}" }
`,
    handlers: `
- name: restart redis
  service: { name: redis-server, state: restarted }
`,
  },
  {
    name: 'a tree of settings copied, one of them removed, the rest found',
    tasks: `
- name: tree
  copy: { src: conf.d/, dest: /etc/o13.d/, mode: "0640", directory_mode: "0750" }
- name: one removed
  file: { path: /etc/o13.d/b.conf, state: absent }
- name: found
  find: { paths: /etc/o13.d, patterns: "*.conf", recurse: true }
  register: found
- name: each
  lineinfile: { path: "{{ item.path }}", line: "# checked" }
  loop: "{{ found.files | sort(attribute='path') }}"
  loop_control: { label: "{{ item.path }}" }
- name: together
  assemble: { src: /etc/o13.d, dest: /etc/o13.conf, regexp: '\\.conf$' }
`,
    files: {
      'files/conf.d/a.conf': 'a\n',
      'files/conf.d/b.conf': 'b\n',
      'files/conf.d/sub/c.conf': 'c\n',
    },
  },
  {
    name: 'a tmpfs mounted and written to, a swap line removed',
    tasks: `
- name: mount point
  file: { path: /srv/o14, state: directory, mode: "0711" }
- name: mount
  mount: { path: /srv/o14, src: tmpfs, fstype: tmpfs, opts: "size=1m,mode=0755", state: mounted }
- name: into it
  copy: { dest: /srv/o14/x, content: x }
- name: no swap
  lineinfile: { path: /etc/fstab, regexp: "\\\\sswap\\\\s", state: absent }
- name: away
  mount: { path: /srv/o14, state: absent }
- name: and its directory
  stat: { path: /srv/o14 }
  register: place
- name: say
  debug: { msg: "{{ place.stat.exists }}" }
`,
  },
  {
    name: 'host entries and sshd settings for every name',
    tasks: `
- name: hosts
  lineinfile: { path: /etc/hosts, regexp: "\\\\s{{ item.name }}$", line: "{{ item.ip }} {{ item.name }}" }
  loop: [{ ip: 10.9.0.1, name: o15a }, { ip: 10.9.0.2, name: o15b }, { ip: 10.9.0.3, name: o15a }]
- name: sshd
  lineinfile: { path: /etc/ssh/sshd_config, regexp: "^#?{{ item.key }} ", line: "{{ item.key }} {{ item.value }}", validate: "sshd -t -f %s" }
  loop: [{ key: X11Forwarding, value: "no" }, { key: MaxAuthTries, value: 4 }]
  loop_control: { label: "{{ item.key }}" }
  notify: reload sshd
- name: limits
  blockinfile: { path: /etc/security/limits.d/o15.conf, create: true, block: "* soft nofile 4096\\n* hard nofile 8192" }
`,
    handlers: `
- name: reload sshd
  service: { name: ssh, state: reloaded }
`,
  },
  {
    name: 'a unit template with instances, and a timer instead of a service',
    tasks: `
- name: template
  copy:
    dest: /etc/systemd/system/o16@.service
    content: "[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n"
- name: instances
  systemd: { name: "o16@{{ item }}", state: started, enabled: true, daemon_reload: true }
  loop: [one, two]
- name: one away
  systemd: { name: o16@one, state: stopped, enabled: false }
- name: facts
  service_facts:
- name: say
  debug: { msg: "{{ ansible_facts.services['o16@two.service'].state }}" }
`,
  },
  {
    name: 'what a package brings, removed with it and brought back',
    before: 'apt-get -q -y install tree >/dev/null',
    tasks: `
- name: remove
  apt: { name: tree, state: absent }
- name: gone
  stat: { path: /usr/bin/tree }
  register: gone
- name: a program of our own
  copy: { dest: /usr/local/bin/tree, content: "#!/bin/sh\\n", mode: "0755" }
  when: not gone.stat.exists
- name: back
  apt: { name: tree }
- name: facts
  package_facts:
- name: version
  debug: { msg: "{{ 'tree' in ansible_facts.packages }}" }
`,
  },
  {
    name: 'a database of secrets in modes that a role would set',
    tasks: `
- name: directory
  file: { path: /etc/o18, state: directory, mode: "02750", group: adm }
- name: secret
  copy: { dest: /etc/o18/key, content: "{{ 'x' * 40 }}\\n", mode: "0440" }
  no_log: true
- name: inherits the group
  stat: { path: /etc/o18/key }
  register: key
- name: group
  debug: { msg: "{{ key.stat.gr_name }} {{ key.stat.mode }}" }
- name: less
  file: { path: /etc/o18/key, mode: "u=r,go=" }
- name: recursively
  file: { path: /etc/o18, state: directory, recurse: true, owner: daemon, mode: "u=rwX,g=rX,o=" }
- name: keys
  slurp: { src: /etc/o18/key }
  register: read
- name: told
  copy: { dest: /etc/o18/sum, content: "{{ read.content | b64decode | hash('sha256') }}\\n" }
`,
  },
  {
    name: 'a role with defaults, handlers and tasks chosen by the release, delegated in part',
    plays: `- hosts: all
  become: true
  roles:
    - role: o19
      vars: { o19_port: 9019 }
  post_tasks:
    - name: registry
      lineinfile: { path: /srv/o19.hosts, line: "{{ inventory_hostname }}:{{ o19_port | default(0) }}", create: true }
      delegate_to: "{{ groups['all'] | first }}"
    - name: once
      copy: { dest: /srv/o19.once, content: "{{ ansible_play_hosts | length }}\\n" }
      run_once: true
`,
    files: {
      'roles/o19/defaults/main.yml': 'o19_port: 1\no19_dir: /srv/o19\n',
      'roles/o19/tasks/main.yml': `- name: family
  include_tasks: "{{ ansible_facts.os_family | lower }}.yml"
- name: configuration
  template: { src: o19.j2, dest: "{{ o19_dir }}/conf", backup: true }
  notify: [check, o19 changed]
`,
      'roles/o19/tasks/debian.yml': `- name: directory
  file: { path: "{{ o19_dir }}", state: directory }
`,
      'roles/o19/templates/o19.j2':
        'port {{ o19_port }}\nrelease {{ ansible_facts.distribution_major_version }}\n',
      'roles/o19/handlers/main.yml': `- name: check
  command: grep -q port {{ o19_dir }}/conf
  changed_when: false
- name: tell
  listen: o19 changed
  copy: { dest: "{{ o19_dir }}/changed", content: "yes\\n" }
`,
    },
    unknown: ['o19 : check'],
  },
  {
    name: 'a certificate made once, then what uses it',
    tasks: `
- name: package
  apt: { name: openssl }
- name: directory
  file: { path: /etc/ssl/o20, state: directory, mode: "0700" }
- name: key and certificate
  command: openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=o20 -keyout /etc/ssl/o20/key.pem -out /etc/ssl/o20/cert.pem -days 3
  args: { creates: /etc/ssl/o20/cert.pem }
- name: mode
  file: { path: /etc/ssl/o20/key.pem, mode: "0600" }
- name: who uses it
  copy: { dest: /etc/o20.conf, content: "cert /etc/ssl/o20/cert.pem\\n" }
- name: link
  file: { src: /etc/ssl/o20/cert.pem, dest: /etc/o20.pem, state: link }
`,
    unknown: ['key and certificate', 'mode', 'link'],
  },
  {
    name: 'environment, time zone, locale and kernel settings of a new machine',
    tasks: `
- name: locales
  apt: { name: locales, update_cache: true }
- name: locale
  locale_gen: { name: de_DE.UTF-8 }
- name: default
  copy: { dest: /etc/default/locale, content: "LANG=de_DE.UTF-8\\n" }
- name: zone
  timezone: { name: Europe/Lisbon }
- name: kernel
  sysctl: { name: net.ipv4.tcp_fin_timeout, value: "30", sysctl_file: /etc/sysctl.d/o21.conf, reload: true }
- name: environment
  lineinfile: { path: /etc/environment, regexp: "^http_proxy=", line: "http_proxy=", create: true }
- name: message
  copy: { dest: /etc/motd, content: "new\\n" }
`,
    // The script of the package asks what there is, by ways of its own.
    unknown: ['default', 'locale'],
  },
  {
    name: 'an old set-up taken down before the new one comes',
    before: `apt-get -q -y install nginx-light >/dev/null; mkdir -p /opt/o22; echo old > /opt/o22/version; ln -sfn /opt/o22 /opt/o22-current; printf '[Service]\\nExecStart=/bin/sleep infinity\\n' > /etc/systemd/system/o22.service; systemctl daemon-reload; systemctl start o22`,
    tasks: `
- name: is there an old one
  stat: { path: /etc/systemd/system/o22.service }
  register: old
- name: taken down
  when: old.stat.exists
  block:
    - name: stop
      systemd: { name: o22, state: stopped }
    - name: unit
      file: { path: /etc/systemd/system/o22.service, state: absent }
    - name: reload
      systemd: { daemon_reload: true }
    - name: files
      file: { path: "{{ item }}", state: absent }
      loop: [/opt/o22, /opt/o22-current]
    - name: package
      apt: { name: nginx-light, state: absent, purge: true, autoremove: true }
- name: new
  file: { path: /opt/o22, state: directory }
- name: version
  copy: { dest: /opt/o22/version, content: "new\\n" }
- name: no nginx
  stat: { path: /usr/sbin/nginx }
  register: nginx
- name: say
  debug: { msg: "{{ nginx.stat.exists }}" }
`,
  },
  {
    name: 'settings for a package that is yet to come, then the package, its log and its service',
    tasks: `
- name: directory
  file: { path: /etc/fail2ban/jail.d, state: directory }
- name: settings
  copy: { dest: /etc/fail2ban/jail.d/o23.conf, content: "[DEFAULT]\\nbackend = systemd\\n" }
- name: package
  apt: { name: [fail2ban, python3-systemd], install_recommends: false, update_cache: true }
- name: log
  file: { path: /var/log/fail2ban.log, mode: "0600" }
- name: more
  copy: { dest: /etc/fail2ban/fail2ban.local, content: "[Definition]\\nloglevel = NOTICE\\n" }
  notify: restart
- name: service
  service: { name: fail2ban, state: started, enabled: true }
`,
    handlers: `
- name: restart
  service: { name: fail2ban, state: restarted }
`,
  },
]
