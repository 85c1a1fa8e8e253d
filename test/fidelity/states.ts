import { setTimeout } from 'node:timers/promises'
import type { Machines } from '../hosts/machine.ts'

/** States of a host from which a playbook is rehearsed, in an order in which each follows from the one before. */
export const STATES = ['bare', 'converged', 'drifted', 'half'] as const

export type HostState = (typeof STATES)[number]

/** Brings a machine, on which the state before was rehearsed, into a state. */
export async function enter(state: HostState, machines: Machines, playbook: string): Promise<void> {
  if (state === 'drifted') {
    await machines.ssh('web1', DRIFT)
    // The firewall lets in a few new connections in half a minute, and the state before took some.
    await setTimeout(31_000)
  }
  if (state === 'half') {
    await machines.reset('web1')
    await machines.play(playbook, '--tags', 'base,app')
    await machines.ssh('web1', HALF)
  }
}

/** What people do to a host by hand: contents, modes, owners, links, units, packages, accounts, rules, settings. */
const DRIFT = `
export DEBIAN_FRONTEND=noninteractive
exec >/dev/null 2>&1
echo '# by hand' >>/etc/nginx/nginx.conf
sed -i '1d' /etc/prometheus/prometheus.yml
chmod 0600 /etc/prometheus/rules
chmod 0777 /etc/logrotate.d/*app*
chown daemon:adm /etc/coderco-app/environment
chmod 0644 /etc/coderco-app/secret-key
rm -f /etc/nginx/sites-enabled/*
ln -s /etc/nginx/sites-available/default /etc/nginx/sites-enabled/default
rm -rf /etc/systemd/journald.conf.d /etc/ssh/sshd_config.d/*
systemctl disable --now prometheus
systemctl stop nginx
systemctl disable coderco-app
apt-get -q -y remove logrotate
usermod -s /bin/bash coderco-app
ufw delete allow 80/tcp
ufw allow 8081
sysctl -w net.ipv4.conf.all.accept_redirects=1
true`

/** On a host where half of the playbook has run: other people's packages and files where the rest wants its own. */
const HALF = `
export DEBIAN_FRONTEND=noninteractive
exec >/dev/null 2>&1
apt-get -q -y install nginx-light
echo 'server { listen 8088; }' >/etc/nginx/conf.d/theirs.conf
mkdir -p /etc/prometheus
echo 'ARGS="--log.level=warn"' >/etc/default/prometheus
systemctl disable --now nginx
true`
