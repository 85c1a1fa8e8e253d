import type { Idiom } from './idiom.ts'

const update = 'DEBIAN_FRONTEND=noninteractive apt-get -qq update'
const install = `${update} && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y`

/** A repository on the machine itself, with one package that brings a service and its configuration. */
const ownRepository = `set -e
mkdir -p /tmp/r1/DEBIAN /tmp/r1/lib/systemd/system /tmp/r1/etc/r1d /srv/r1
cat >/tmp/r1/DEBIAN/control <<'END'
Package: r1d
Version: 1.0-1
Architecture: all
Maintainer: Nobody <nobody@example.org>
Depends: init-system-helpers
Description: sleeps
END
echo /etc/r1d/r1d.conf >/tmp/r1/DEBIAN/conffiles
cat >/tmp/r1/DEBIAN/postinst <<'END'
#!/bin/sh
set -e
if [ "$1" = configure ]; then
  if ! getent passwd r1d >/dev/null; then
    adduser --system --group --no-create-home --home /nonexistent r1d
  fi
  deb-systemd-helper unmask r1d.service >/dev/null || true
  if deb-systemd-helper --quiet was-enabled r1d.service; then
    deb-systemd-helper enable r1d.service >/dev/null || true
  else
    deb-systemd-helper update-state r1d.service >/dev/null || true
  fi
  if [ -d /run/systemd/system ]; then
    systemctl --system daemon-reload >/dev/null || true
    deb-systemd-invoke start r1d.service >/dev/null || true
  fi
fi
END
chmod 755 /tmp/r1/DEBIAN/postinst
printf 'level = 1\\n' >/tmp/r1/etc/r1d/r1d.conf
printf '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' >/tmp/r1/lib/systemd/system/r1d.service
dpkg-deb --root-owner-group -b /tmp/r1 /srv/r1/r1d_1.0-1_all.deb >/dev/null
cd /srv/r1
{ dpkg-deb -f r1d_1.0-1_all.deb
  echo 'Filename: ./r1d_1.0-1_all.deb'
  echo "Size: $(stat -c %s r1d_1.0-1_all.deb)"
  echo "SHA256: $(sha256sum r1d_1.0-1_all.deb | cut -c1-64)"; } >Packages
`

/** Repositories, their keys, and what is installed from them by the same run. */
export const repositories: readonly Idiom[] = [
  {
    name: 'a repository, then its package, then its service',
    before: ownRepository,
    tasks: `
- name: repository
  apt_repository: { repo: "deb [trusted=yes] file:/srv/r1 ./", filename: r1 }
- name: again
  apt_repository: { repo: "deb [trusted=yes] file:/srv/r1 ./", filename: r1 }
- name: package
  apt: { name: r1d }
- name: configuration
  lineinfile: { path: /etc/r1d/r1d.conf, regexp: "^level", line: "level = 2" }
  notify: restart
- name: of its user
  file: { path: /var/lib/r1d, state: directory, owner: r1d, group: r1d, mode: "0750" }
- name: service
  service: { name: r1d, state: started, enabled: true }
- name: packages
  package_facts:
- name: version
  debug: { msg: "{{ ansible_facts.packages['r1d'][0].version }}" }
- name: away
  apt: { name: r1d, state: absent, purge: true }
- name: its configuration is gone
  stat: { path: /etc/r1d/r1d.conf }
  register: left
- name: say
  debug: { msg: "{{ left.stat.exists }}" }
- name: repository away
  apt_repository: { repo: "deb [trusted=yes] file:/srv/r1 ./", state: absent, update_cache: false }
`,
    handlers: `
- name: restart
  service: { name: r1d, state: restarted }
`,
    // By then the package is gone again.
    fails: ['restart'],
  },
  {
    name: 'a repository with a key that the run puts there, then its package',
    tasks: `
- name: facts
  setup:
- name: directory of keys
  file: { path: /etc/apt/keyrings, state: directory, mode: "0755" }
- name: key
  copy: { src: /usr/share/keyrings/debian-archive-keyring.gpg, dest: /etc/apt/keyrings/r2.gpg, remote_src: true, mode: "0644" }
- name: repository
  deb822_repository:
    name: r2
    uris: "http://{{ mirror }}/debian"
    suites: "{{ ansible_facts.distribution_release }}-backports"
    components: main
    signed_by: /etc/apt/keyrings/r2.gpg
  vars: { mirror: deb.debian.org }
  register: repository
- name: index
  apt: { update_cache: true }
  when: repository is changed
- name: package
  apt: { name: hello }
- name: program
  stat: { path: /usr/bin/hello }
  register: program
- name: say
  debug: { msg: "{{ program.stat.exists }}" }
- name: repository away
  deb822_repository: { name: r2, state: absent }
`,
  },
  {
    name: 'a repository that apt cannot use',
    tasks: `
- name: not there
  apt_repository: { repo: "deb [trusted=yes] file:/srv/no-such-repository ./", filename: r7, update_cache_retries: 0 }
  ignore_errors: true
- name: away
  apt_repository: { repo: "deb [trusted=yes] file:/srv/no-such-repository ./", state: absent, update_cache: false }
- name: without its key
  apt_repository: { repo: "deb [signed-by=/etc/apt/keyrings/no-such-key.gpg] http://{{ mirror }}/debian stable-updates main", filename: r7, update_cache_retries: 0 }
  vars: { mirror: deb.debian.org }
`,
    fails: ['not there', 'without its key'],
  },
  {
    name: 'a package that no source has',
    before: update,
    tasks: `
- name: package
  apt: { name: no-such-package-r3 }
`,
    fails: ['package'],
  },
  {
    name: 'a .deb file that the run brings',
    before: `${ownRepository}
sed -i 's/^Package: .*/Package: r4d/; s/^Version: .*/Version: 2/' /tmp/r1/DEBIAN/control
rm -f /tmp/r1/DEBIAN/postinst; dpkg-deb --root-owner-group -b /tmp/r1 /root/r4.deb >/dev/null`,
    tasks: `
- name: directory
  file: { path: /srv/r4, state: directory }
- name: copy
  copy: { src: /root/r4.deb, dest: /srv/r4/r4.deb, remote_src: true }
- name: install
  apt: { deb: /srv/r4/r4.deb }
- name: again
  apt: { deb: /srv/r4/r4.deb }
- name: its file
  lineinfile: { path: /etc/r1d/r1d.conf, line: "# ours" }
`,
    // The host cannot look into an archive that it does not have yet.
    unknown: ['install', 'again', 'its file'],
  },
  {
    name: 'a package held, and an upgrade that leaves it',
    before: `${install} tree >/dev/null`,
    tasks: `
- name: hold
  dpkg_selections: { name: tree, selection: hold }
- name: upgrade
  apt: { name: tree, state: latest }
- name: hold again
  dpkg_selections: { name: tree, selection: hold }
- name: let go
  dpkg_selections: { name: tree, selection: install }
`,
  },
  {
    name: 'an answer for a package, then the package',
    tasks: `
- name: answer
  debconf: { name: popularity-contest, question: popularity-contest/participate, vtype: boolean, value: "false" }
- name: again
  debconf: { name: popularity-contest, question: popularity-contest/participate, vtype: boolean, value: "false" }
- name: package
  package: { name: popularity-contest, update_cache: true }
- name: by any name
  package: { name: popularity-contest }
`,
  },
]
