import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPlan } from '../../runner/plans/envelope.ts'
import { kinds } from '../../runner/resources/table.ts'
import { playIn } from '../commands/cli.ts'
import { Machines, recap } from './machine.ts'

interface Stale {
  /** The kind of resource whose change is to be told. */
  readonly kind: string
  readonly tasks: string
  /** Shell code, run on the host before it is planned, and between plan and apply. */
  readonly before?: string
  readonly meanwhile: string
}

const EC_KEY = 'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out /srv/key.pem'

const stale: readonly Stale[] = [
  {
    kind: 'path',
    tasks: '- file: { path: /etc/motd, mode: "0600" }',
    meanwhile: 'chown daemon /etc/motd',
  },
  {
    kind: 'path',
    tasks: '- file: { path: /srv/current, src: new, state: link, force: true }',
    before: 'ln -s old /srv/current',
    meanwhile: 'ln -sfn other /srv/current',
  },
  {
    kind: 'content',
    tasks: '- lineinfile: { path: /etc/hosts, line: 10.0.0.1 ten }',
    meanwhile: 'echo 10.0.0.2 two >> /etc/hosts',
  },
  {
    kind: 'digest',
    tasks: '- copy: { dest: /srv/large, content: new }',
    before: 'head -c 3000000 /dev/zero > /srv/large',
    meanwhile: 'printf x | dd of=/srv/large conv=notrunc status=none',
  },
  ...(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const).map((algorithm) => ({
    kind: algorithm,
    tasks: `- stat: { path: /etc/issue, checksum_algorithm: ${algorithm} }`,
    meanwhile: 'echo x >> /etc/issue',
  })),
  {
    kind: 'listing',
    tasks: '- file: { path: /srv/tree, state: directory, recurse: true, mode: "0700" }',
    before: 'mkdir -p /srv/tree; touch /srv/tree/a',
    meanwhile: 'touch /srv/tree/b',
  },
  {
    kind: 'glob',
    tasks: '- sysctl: { name: net.ipv4.tcp_syncookies, value: "1" }',
    before: "echo 'net.ipv4.conf.*.log_martians=0' >> /etc/sysctl.conf",
    meanwhile: 'ip link add tried type veth peer name tried-too',
  },
  {
    kind: 'user',
    tasks: '- user: { name: ada, shell: /bin/bash }',
    before: 'useradd -s /bin/sh ada',
    meanwhile: 'usermod -c Countess ada',
  },
  {
    kind: 'group',
    tasks: '- group: { name: apps, gid: 4242 }',
    before: 'groupadd -g 4343 apps',
    meanwhile: 'groupdel apps',
  },
  {
    kind: 'name service',
    tasks:
      '- getent: { database: passwd, key: bob, fail_key: false }\n- debug: { var: ansible_facts.getent_passwd }',
    meanwhile: 'useradd bob',
  },
  {
    kind: 'identity',
    tasks: '- copy: { dest: ~/mine, content: x }\n  become: true\n  become_user: carl',
    before: 'useradd -m carl',
    meanwhile: 'mkdir /srv/carl; chown carl /srv/carl; usermod -d /srv/carl carl',
  },
  {
    kind: 'write access',
    tasks: '- copy: { dest: /srv/open/mine, content: x }\n  become: true\n  become_user: dora',
    before: 'apt-get -q -y install acl; useradd dora; mkdir /srv/open; setfacl -m u:dora:rwx /srv/open',
    meanwhile: 'setfacl -x u:dora /srv/open',
  },
  {
    kind: 'package',
    tasks: '- apt: { name: tree }',
    meanwhile: 'apt-get -q -y install tree',
  },
  {
    kind: 'package',
    tasks: '- apt: { name: sl, state: absent }',
    before: 'apt-get -q -y install sl',
    meanwhile: 'apt-mark hold sl',
  },
  {
    kind: 'package solution',
    tasks: '- apt: { name: moreutils }',
    meanwhile:
      "printf 'Package: libipc-run-perl\\nPin: version *\\nPin-Priority: -1\\n' > /etc/apt/preferences.d/no",
  },
  {
    kind: 'package names',
    tasks: '- apt: { name: "cowsa*", state: absent }',
    meanwhile:
      "mkdir -p /tmp/p/DEBIAN; printf 'Package: cowsalad\\nVersion: 1\\nArchitecture: all\\nMaintainer: x <x@x>\\nDescription: x\\n' > /tmp/p/DEBIAN/control; dpkg-deb -b /tmp/p /tmp/p.deb; dpkg -i /tmp/p.deb",
  },
  {
    kind: 'package index',
    tasks: '- apt: { update_cache: true, cache_valid_time: 86400 }',
    meanwhile: 'rm -rf /var/lib/apt/lists/*',
  },
  {
    kind: 'package cache',
    tasks: '- apt: { clean: true }',
    before: 'apt-get -q update; cd /var/cache/apt/archives && apt-get -q download figlet',
    meanwhile: 'rm -f /var/cache/apt/archives/*.deb',
  },
  {
    kind: 'packages',
    tasks: '- package_facts:\n- debug: { msg: "{{ ansible_facts.packages | length }}" }',
    before: 'apt-get -q -y install toilet',
    meanwhile: 'apt-get -q -y remove toilet',
  },
  {
    kind: 'archive file',
    tasks: '- apt: { deb: /srv/one.deb }',
    before: 'cd /srv; apt-get -q download figlet; mv figlet_*.deb one.deb',
    meanwhile: 'cd /srv; apt-get -q download hello; mv hello_*.deb one.deb',
  },
  {
    // What it says counts; the real one would bring all of Python.
    kind: 'pip packages',
    tasks: '- pip: { name: six, state: absent, executable: /srv/pip }',
    before:
      "printf '#!/bin/sh\\ncat /srv/freeze\\n' > /srv/pip; chmod +x /srv/pip; echo six==1.0 > /srv/freeze",
    meanwhile: 'echo six==2.0 > /srv/freeze',
  },
  {
    kind: 'debconf',
    tasks: '- debconf: { name: tzdata, question: tzdata/Areas, value: Europe, vtype: select }',
    before: 'echo tzdata tzdata/Areas select Asia | debconf-set-selections',
    meanwhile: 'echo tzdata tzdata/Areas select Africa | debconf-set-selections',
  },
  {
    kind: 'unit',
    tasks: '- service: { name: cron, state: stopped }',
    meanwhile: 'systemctl disable cron',
  },
  {
    kind: 'unit files',
    tasks: '- systemd: { daemon_reload: true }',
    before: 'systemctl daemon-reload',
    meanwhile: 'sleep 1; touch /etc/systemd/system/cron.service',
  },
  {
    kind: 'services',
    tasks: '- service_facts:\n- debug: { msg: "{{ ansible_facts.services | length }}" }',
    meanwhile: 'systemctl stop cron',
  },
  {
    kind: 'crontab',
    tasks: '- cron: { name: job, minute: "5", job: /bin/true }',
    before: "echo '1 * * * * /bin/false' | crontab -",
    meanwhile: 'crontab -r',
  },
  {
    kind: 'sysctl',
    tasks: '- sysctl: { name: net.ipv4.ip_forward, value: "1", sysctl_set: true }',
    before: 'sysctl -w net.ipv4.ip_forward=0',
    meanwhile: 'sysctl -w net.ipv4.ip_forward=1',
  },
  {
    kind: 'mount',
    tasks: '- mount: { path: /srv/scratch, src: tmpfs, fstype: tmpfs, opts: size=1m, state: mounted }',
    before: 'mkdir /srv/scratch',
    meanwhile: 'mount -t tmpfs tmpfs /srv/scratch',
  },
  {
    kind: 'hostname',
    tasks: '- hostname: { name: planned.example }',
    meanwhile: 'hostname other',
  },
  {
    kind: 'alternative',
    tasks: '- alternatives: { name: tool, link: /usr/local/bin/tool, path: /usr/bin/env }',
    before: 'update-alternatives --install /usr/local/bin/tool tool /usr/bin/true 5',
    meanwhile: 'update-alternatives --install /usr/local/bin/tool tool /usr/bin/false 9',
  },
  {
    kind: 'locales',
    tasks: '- locale_gen: { name: de_DE.UTF-8 }',
    before: 'apt-get -q -y install locales',
    meanwhile: 'localedef -i fr_FR -f UTF-8 fr_FR.UTF-8; localedef -i de_DE -f UTF-8 de_DE.UTF-8',
  },
  {
    kind: 'iptables',
    tasks: '- iptables: { chain: INPUT, protocol: tcp, destination_port: "81", jump: ACCEPT }',
    before: 'apt-get -q -y install ufw',
    meanwhile: 'iptables -A INPUT -p tcp --dport 81 -j ACCEPT',
  },
  {
    kind: 'firewall',
    tasks: '- ufw: { rule: allow, port: "82", proto: tcp }',
    meanwhile: 'ufw allow 83/tcp',
  },
  {
    kind: 'git-checkout',
    tasks: '- git: { repo: /srv/repo, dest: /srv/work, force: true }',
    before: `apt-get -q -y install git; git config --global user.name x; git config --global user.email x@x
      git config --global safe.directory '*'
      git init -q /srv/repo; cd /srv/repo; echo 1 > a; git add a; git commit -q -m 1; git clone -q /srv/repo /srv/work; echo 2 > a; git commit -q -a -m 2`,
    meanwhile: 'cd /srv/work; git checkout -q -b theirs; echo x > a; git commit -q -a -m theirs',
  },
  {
    kind: 'git-remote',
    tasks: '- git: { repo: /srv/repo, dest: /srv/other }',
    meanwhile: 'cd /srv/repo; echo 3 > a; git commit -q -a -m 3',
  },
  {
    kind: 'download',
    tasks: '- get_url: { url: "http://127.0.0.1:8099/", dest: /srv/got }',
    before: `echo one > /srv/page
cat > /srv/serve.pl <<'END'
$s = IO::Socket::INET->new(LocalPort => 8099, Listen => 9, ReuseAddr => 1);
while ($c = $s->accept) {
  while (<$c>) { last if /^\\r?\\n/ }
  open F, "/srv/page"; $t = join "", <F>;
  print $c "HTTP/1.0 200 OK\\r\\nContent-Length: ".length($t)."\\r\\n\\r\\n$t"; close $c
}
END
systemd-run -q perl -MIO::Socket::INET /srv/serve.pl; sleep 1`,
    meanwhile: 'echo two > /srv/page',
  },
  {
    kind: 'tar listing',
    tasks: '- unarchive: { src: /srv/a.tar, dest: /srv/a, remote_src: true }',
    before: 'mkdir -p /srv/a /srv/t; echo 1 > /srv/t/x; tar -C /srv/t -cf /srv/a.tar x',
    meanwhile: 'echo 1 > /srv/t/y; tar -C /srv/t -cf /srv/a.tar x y',
  },
  {
    kind: 'tar digests',
    tasks: '- unarchive: { src: /srv/b.tar, dest: /srv/b, remote_src: true }',
    before: 'mkdir -p /srv/b /srv/t; echo 1 > /srv/t/x; tar -C /srv/t -cf /srv/b.tar x; echo 3 > /srv/b/x',
    meanwhile: 'echo 2 > /srv/t/x; tar -C /srv/t -cf /srv/b.tar x',
  },
  {
    kind: 'tar content',
    tasks:
      '- unarchive: { src: /srv/c.tar, dest: /srv/c, remote_src: true }\n- lineinfile: { path: /srv/c/x, line: more }',
    before: 'mkdir -p /srv/c /srv/t; echo 1 > /srv/t/x; tar -C /srv/t -cf /srv/c.tar x',
    meanwhile: 'echo 2 > /srv/t/x; tar -C /srv/t -cf /srv/c.tar x',
  },
  {
    kind: 'facts',
    tasks: '- setup:\n- copy: { dest: /srv/name, content: "{{ ansible_facts.hostname }}" }',
    meanwhile: 'hostname another',
  },
  {
    kind: 'fact-program',
    tasks: '- setup:\n- copy: { dest: /srv/role, content: "{{ ansible_facts.local.role }}" }',
    before:
      "mkdir -p /etc/ansible/facts.d; printf '#!/bin/sh\\ncat /srv/fact\\n' > /etc/ansible/facts.d/role.fact; chmod +x /etc/ansible/facts.d/role.fact; echo '\"web\"' > /srv/fact",
    meanwhile: 'echo \'"db"\' > /srv/fact',
  },
  {
    kind: 'mime',
    tasks: '- stat: { path: /srv/kind }',
    before: 'apt-get -q -y install file; echo text > /srv/kind',
    meanwhile: 'head -c 64 /bin/ls > /srv/kind',
  },
  {
    kind: 'public key',
    tasks: '- openssl_privatekey: { path: /srv/key.pem, type: ECC, curve: secp256r1 }',
    before: `apt-get -q -y install openssl; ${EC_KEY}`,
    meanwhile: EC_KEY,
  },
  {
    kind: 'git setting',
    tasks: '- git_config: { name: user.name, scope: global, value: ada }',
    before: 'apt-get -q -y install git; git config --global user.name bob',
    meanwhile: 'git config --global user.name carl',
  },
  {
    // What it says counts; the real one would bring all of Node.
    kind: 'npm packages',
    tasks: '- npm: { name: left-pad, global: true, state: absent, executable: /srv/npm }',
    before:
      'printf \'#!/bin/sh\\ncat /srv/installed\\n\' > /srv/npm; chmod +x /srv/npm; echo \'{"dependencies":{"left-pad":{"version":"1.0.0"}}}\' > /srv/installed',
    meanwhile: 'sed -i s/1.0.0/2.0.0/ /srv/installed',
  },
  {
    kind: 'postgresql role',
    tasks: '- postgresql_user: { name: app, comment: mine }\n  become_user: postgres',
    before: 'apt-get -q -y install postgresql; su postgres -c "createuser app"',
    meanwhile: `su postgres -c "psql -c 'alter role app createdb'"`,
  },
  {
    kind: 'postgresql database',
    tasks: '- postgresql_db: { name: app, conn_limit: 9 }\n  become_user: postgres',
    before: 'apt-get -q -y install postgresql; su postgres -c "createdb app"',
    meanwhile: `su postgres -c "psql -c 'alter database app connection limit 5'"`,
  },
  {
    kind: 'postgresql extension',
    tasks: '- postgresql_ext: { name: plpgsql, db: postgres, state: absent }\n  become_user: postgres',
    before: 'apt-get -q -y install postgresql',
    meanwhile: `su postgres -c "psql -c 'drop extension plpgsql'"`,
  },
  {
    kind: 'mysql account',
    tasks: `- mysql_user: { name: app, priv: '*.*:SELECT', login_unix_socket: /run/mysqld/mysqld.sock }`,
    before: 'apt-get -q -y install mariadb-server; mariadb -e "create user app@localhost"',
    meanwhile: 'mariadb -e "grant insert on *.* to app@localhost"',
  },
  {
    kind: 'mysql database',
    tasks: '- mysql_db: { name: app, state: absent, login_unix_socket: /run/mysqld/mysqld.sock }',
    before: 'apt-get -q -y install mariadb-server; mariadb -e "create database app"',
    meanwhile: 'mariadb -e "drop database app"',
  },
]

/** What no change of the host makes a plan stale by. */
const LASTING: Readonly<Record<string, string>> = {
  clock: 'what time it is, is no state of the host',
  moment: 'what a date means never changes',
  archive: 'what a package of one version holds never changes',
  'archive content': 'the same',
  'archive digest': 'the same',
  'certificate request': 'signed anew each time it is read; a plan goes by the digest of the key',
  'pending handlers': 'read at the beginning of every real run, by no task',
  'installed files': 'read to foretell a removal, in a dry run only',
  flags: 'the file system of the machines, an overlay, tells none',
  'kernel module': 'belongs to the kernel, which the machines share with this one',
}

test('every kind of thing that a plan can go by is tried', () => {
  const tried = new Set([...stale.map(({ kind }) => kind), ...Object.keys(LASTING)])
  expect([...tried].sort()).toEqual(kinds.map(({ name }) => name).sort())
})

describe('a plan is refused by a host on which there changed a', () => {
  const machines = new Machines()
  const file = (name: string) => join(machines.directory, name)
  beforeAll(async () => {
    await machines.up(['one', 'two'], 'bookworm')
    await machines.ssh('one', 'apt-get -q update && apt-get -q -y install --no-install-recommends cron')
  })
  afterAll(() => machines.down())

  test.each(stale)('$kind: $meanwhile', async ({ kind, tasks, before, meanwhile }) => {
    if (before !== undefined) await machines.ssh('one', `export DEBIAN_FRONTEND=noninteractive; ${before}`)
    const playbook = machines.write(
      'site.yml',
      `- hosts: all\n  become: true\n  gather_facts: false\n  tasks:\n${`${tasks}\n- copy: { dest: /never, content: x }`.replaceAll(/^/gm, '    ')}\n`,
    )
    const planned = await machines.play(playbook, '--limit', 'one', '--plan', file('a.plan'))
    expect(planned.exitCode, planned.stdout + planned.stderr).toBe(0)
    const plan = openPlan(readFileSync(file('a.plan'), 'utf8'), undefined)
    const went = Object.values(plan.hosts).flatMap(({ preconditions }) =>
      preconditions.map((each) => each.kind),
    )
    expect(went).toContain(kind)

    await machines.ssh('one', `export DEBIAN_FRONTEND=noninteractive; ${meanwhile}`)
    const changed = await machines.snapshot('one')
    const applied = playIn(machines.directory, 'apply', 'a.plan', '--open')
    expect(applied.stdout).toContain('The host is left untouched, for it has changed since: ')
    expect(applied.stdout).toMatch(new RegExp(`(since: |; |\\n *|, )${kind} `))
    expect(applied.exitCode).toBe(2)
    expect(await machines.snapshot('one')).toBe(changed)
  })

  test('thing, and another host has what was planned', async () => {
    const playbook = machines.write(
      'site.yml',
      '- hosts: all\n  become: true\n  tasks:\n    - copy: { dest: /etc/motd, content: planned }\n',
    )
    await machines.play(playbook, '--plan', file('a.plan'))
    await machines.ssh('one', 'echo by hand > /etc/motd')
    const applied = playIn(machines.directory, 'apply', 'a.plan')
    expect(applied.exitCode).toBe(2)
    expect(recap({ ...applied, exitCode: 2 }, 'one')).toMatchObject({ changed: 0, failed: 1 })
    expect(recap({ ...applied, exitCode: 2 }, 'two')).toMatchObject({ changed: 1, failed: 0 })
    expect(await machines.ssh('one', 'cat /etc/motd')).toBe('by hand\n')
    expect(await machines.ssh('two', 'cat /etc/motd')).toBe('planned')
  })
})
