import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Endpoint, Lab } from './lab.ts'
import type { Command } from './measure.ts'
import { TEMPLATED } from './templates.ts'

const PACKAGES =
  'ca-certificates curl less procps sudo tzdata unattended-upgrades systemd-timesyncd openssh-server ufw fail2ban nftables python3-systemd openssl nginx logrotate prometheus prometheus-alertmanager prometheus-node-exporter'
const FILES = [
  ...TEMPLATED,
  '/usr/local/sbin/nginx-try',
  '/etc/ssh/sshd_config',
  '/etc/default/ufw',
  '/etc/timezone',
]
const BUNDLE = '/opt/coderco-app/releases/bench/service.mjs'
const SYSCTL = '/etc/sysctl.d/60-rehearsal.conf'
const OTHERS =
  '/etc/nginx/tls /etc/nginx/tls/coderco-app.crt /etc/systemd/journald.conf.d /etc/prometheus/rules /opt/coderco-app /opt/coderco-app/releases /opt/coderco-app/releases/bench /opt/coderco-app/runtime/node-*/bin /opt/coderco-app/runtime/node-*/bin/node /etc/coderco-app /var/log/coderco-app /etc/nginx/drained/coderco-app /var/cache/nginx/coderco-app /var/www/coderco-app/.unavailable /etc/coderco-app/secret-key /etc/coderco-app/admin-token'
const ENABLED =
  'ssh ufw fail2ban coderco-app.socket coderco-app nginx logrotate.timer prometheus-node-exporter prometheus-alertmanager prometheus'
const ACTIVE =
  'ssh fail2ban coderco-app.socket coderco-app nginx logrotate.timer prometheus-node-exporter prometheus-alertmanager prometheus'

/**
 * What somebody would write by hand for this one purpose: a script with all that the roles check, sent over one
 * connection. The limit, for nobody can do less. It is made of what the machine holds once it has converged.
 */
export async function prepareScripts(lab: Lab): Promise<void> {
  const digests = await lab.ssh(
    `sha256sum ${FILES.join(' ')} ${BUNDLE} ${SYSCTL} /etc/ufw/user.rules /etc/ufw/user6.rules`,
  )
  const listing = `stat -c '%n %U %G %a %F' ${FILES.join(' ')} ${BUNDLE} ${OTHERS}`
  const links = 'readlink /opt/coderco-app/current /etc/nginx/sites-enabled/coderco-app /etc/localtime'
  const identities = 'id coderco; getent passwd coderco'
  const same = async (command: string) =>
    `[ "$(${command})" = "$(cat <<'END'\n${await lab.ssh(command)}END\n)" ]`
  const checks = [
    'set -e',
    '[ "$(find /var/lib/apt/lists -maxdepth 0 -mmin -60)" ] || touch /var/lib/apt/lists',
    '[ -z "$UPGRADE" ] || [ "$(apt-get -s -q -y --with-new-pkgs upgrade | grep -c ^Inst)" = 0 ]',
    `[ "$(dpkg-query -W -f '\${db:Status-Abbrev}\\n' ${PACKAGES} | sort -u)" = 'ii ' ]`,
    `sha256sum --status -c <<'END'\n${digests}END`,
    await same(listing),
    await same(links),
    await same(identities),
    '[ ! -e /etc/nginx/sites-enabled/default ]',
    `while IFS='= ' read -r name value; do case $name in '#'*|'') ;; *) [ "$(cat "/proc/sys/$(echo "$name" | tr . /)")" = "$value" ] ;; esac; done <${SYSCTL}`,
    'grep -q ^ENABLED=yes /etc/ufw/ufw.conf; ufw status verbose >/dev/null',
    `[ "$(systemctl is-enabled ${ENABLED} | sort -u)" = enabled ]`,
    `[ "$(systemctl is-active ${ACTIVE} | sort -u)" = active ]`,
    'curl -fsS -o /dev/null http://127.0.0.1:5000/health -o /dev/null http://127.0.0.1:9090/-/ready',
    'exec 3<>/dev/tcp/127.0.0.1/443',
    'echo converged',
  ]
  write(lab, 'check.sh', checks.join('\n'))

  const nginx = '/etc/nginx/nginx.conf'
  const written = (await lab.ssh(`cat ${nginx}`)).replace(/(client_max_body_size )\w+/, '$1@SIZE@')
  write(
    lab,
    'change.sh',
    [
      ...checks
        .slice(0, -1)
        .map((line) =>
          line.replaceAll(new RegExp(`^.* ${nginx}( .*)?\n`, 'gm'), '').replace(` ${nginx}`, ''),
        ),
      `sed "s/@SIZE@/$SIZE/" >${nginx}.new <<'END'\n${written}END`,
      `cmp -s ${nginx}.new ${nginx} && exit 1`,
      `chmod 644 ${nginx}.new; mv ${nginx}.new ${nginx}; nginx -t -q; systemctl reload nginx`,
      'echo converged',
    ].join('\n'),
  )

  const payload = join(lab.directory, 'payload')
  mkdirSync(payload, { recursive: true })
  await promisify(execFile)('bash', [
    '-c',
    `set -o pipefail; ssh ${lab.sshArguments(lab.endpoint, 'root').map(quote).join(' ')} tar -c ${FILES.join(' ')} ${SYSCTL} /opt/coderco-app /var/www/coderco-app | tar -x -C ${quote(payload)}`,
  ])
  write(lab, 'first.sh', FIRST)
}

/** Everything that the roles do on a bare machine; the files come behind its last line on its standard input. */
const FIRST = `
go() {
  set -e
  export DEBIAN_FRONTEND=noninteractive
  apt() { apt-get -q -y -o Dpkg::Options::=--force-confold "$@" </dev/null; }
  apt update
  apt upgrade --with-new-pkgs
  apt install ca-certificates curl less procps sudo tzdata systemd-timesyncd openssh-server ufw openssl nginx logrotate
  apt install --no-install-recommends unattended-upgrades fail2ban nftables python3-systemd prometheus prometheus-alertmanager prometheus-node-exporter
  groupadd --system coderco
  useradd --system --gid coderco --home-dir /opt/coderco-app --no-create-home --shell /usr/sbin/nologin coderco
  install -d -m 755 /opt/coderco-app
  install -d -m 750 -g coderco /etc/coderco-app
  install -d -m 750 -o coderco -g coderco /var/log/coderco-app
  install -d -m 700 /etc/nginx/tls
  install -d /etc/nginx/drained/coderco-app /var/cache/nginx
  install -d -m 700 -o www-data /var/cache/nginx/coderco-app
  tar -xz -C /
  openssl rand -hex -out /etc/coderco-app/secret-key 32
  openssl rand -hex -out /etc/coderco-app/admin-token 32
  chgrp coderco /etc/coderco-app/*
  chmod 640 /etc/coderco-app/*
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -keyout /etc/nginx/tls/coderco-app.key \\
    -out /etc/nginx/tls/coderco-app.crt -days 3650 -subj /CN=bench 2>/dev/null
  ln -sf /etc/nginx/sites-available/coderco-app /etc/nginx/sites-enabled/
  rm -f /etc/nginx/sites-enabled/default
  sysctl -q -p ${SYSCTL}
  for port in 22 80 443; do ufw allow "$port/tcp"; done
  ufw default deny incoming
  ufw --force enable
  systemctl daemon-reload
  systemctl restart systemd-journald
  systemctl reload ssh
  systemctl enable ${ENABLED}
  systemctl restart coderco-app
  nginx -t -q
  systemctl reload nginx
  systemctl restart fail2ban prometheus-node-exporter prometheus-alertmanager prometheus
  until curl -fsS http://127.0.0.1:5000/health; do sleep 1; done
  until curl -fsS http://127.0.0.1:9090/-/ready; do sleep 1; done
  echo converged
}
go >/tmp/first.log 2>&1; echo converged; exit`

/** The same with one file to be replaced. */
export function changeScript(lab: Lab, endpoint: Endpoint, size: string): Command {
  const command = `ssh ${lab.sshArguments(endpoint).map(quote).join(' ')} sudo -n UPGRADE=1 SIZE=${size} bash -s <${quote(join(lab.directory, 'change.sh'))}`
  return { argv: ['bash', '-c', command], cwd: lab.directory, check: converged }
}

/** A bare machine set up by hand. */
export function firstScript(lab: Lab, endpoint: Endpoint): Command {
  const [file, payload] = [join(lab.directory, 'first.sh'), join(lab.directory, 'payload')]
  const command = `{ cat ${quote(file)}; tar -cz -C ${quote(payload)} .; } | ssh ${lab.sshArguments(endpoint).map(quote).join(' ')} sudo -n bash -s`
  return { argv: ['bash', '-c', command], cwd: lab.directory, check: converged }
}

function converged(output: string): void {
  if (!output.includes('converged')) throw new Error('it has not converged')
}

/** The script on so many hosts at once. */
export function script(lab: Lab, hosts: number, endpoint: Endpoint): Command {
  const ssh = lab.sshArguments(endpoint).map(quote).join(' ')
  const upgrade = hosts > 1 ? '' : 'UPGRADE=1'
  const one = `ssh ${ssh} sudo -n ${upgrade} bash -s <${quote(join(lab.directory, 'check.sh'))}`
  const all = `pids=; for _ in $(seq ${hosts}); do ${one} & pids="$pids $!"; done; for pid in $pids; do wait $pid || exit; done`
  return {
    argv: ['bash', '-c', hosts > 1 ? all : one],
    cwd: lab.directory,
    check: (output) => {
      if (output.split('converged').length - 1 !== hosts) throw new Error('not every host is converged')
    },
  }
}

function write(lab: Lab, name: string, text: string): void {
  const path = join(lab.directory, name)
  writeFileSync(path, `${text}\n`)
  chmodSync(path, 0o700)
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}
