import { sh } from '../../transport/shell.ts'
import type { Dict } from '../../variables/value.ts'
import type { Collector } from './collector.ts'

/** The package manager, by the program that is there. */
export const packageManager: Collector = {
  name: 'pkg_mgr',
  minimal: true,
  paths: [
    '/usr/bin/apt-get',
    '/usr/bin/dnf5',
    '/usr/bin/dnf-3',
    '/usr/bin/dnf',
    '/usr/bin/yum',
    '/usr/bin/zypper',
    '/usr/bin/pacman',
    '/sbin/apk',
    '/usr/bin/emerge',
    '/usr/bin/xbps-install',
  ],
  facts: (evidence) => {
    const found = MANAGERS.find(([path]) => evidence.exists(path))
    return { pkg_mgr: found?.[1] ?? 'unknown' }
  },
}

const MANAGERS: readonly (readonly [string, string])[] = [
  ['/usr/bin/apt-get', 'apt'],
  ['/usr/bin/dnf5', 'dnf5'],
  ['/usr/bin/dnf-3', 'dnf'],
  ['/usr/bin/dnf', 'dnf'],
  ['/usr/bin/yum', 'yum'],
  ['/usr/bin/zypper', 'zypper'],
  ['/usr/bin/pacman', 'pacman'],
  ['/sbin/apk', 'apk'],
  ['/usr/bin/emerge', 'portage'],
  ['/usr/bin/xbps-install', 'xbps'],
]

/** What starts services. */
export const serviceManager: Collector = {
  name: 'service_mgr',
  minimal: true,
  files: ['/proc/1/comm'],
  paths: ['/run/systemd/system', '/sbin/openrc', '/sbin/openrc-run', '/etc/init.d'],
  facts: (evidence) => {
    const first = evidence.first('/proc/1/comm')
    if (evidence.exists('/run/systemd/system') || first === 'systemd') return { service_mgr: 'systemd' }
    if (evidence.exists('/sbin/openrc') || evidence.exists('/sbin/openrc-run'))
      return { service_mgr: 'openrc' }
    if (/^(runit|s6)/.test(first)) return { service_mgr: first.startsWith('s6') ? 's6' : 'runit' }
    return { service_mgr: evidence.exists('/etc/init.d') ? 'sysvinit' : 'service' }
  },
}

/** Mandatory access control and FIPS mode. */
export const security: Collector = {
  name: 'apparmor',
  provides: ['selinux', 'fips'],
  minimal: true,
  files: [
    '/proc/sys/crypto/fips_enabled',
    '/sys/fs/selinux/enforce',
    '/sys/fs/selinux/policyvers',
    '/etc/selinux/config',
  ],
  paths: ['/sys/kernel/security/apparmor', '/sys/fs/selinux/enforce'],
  facts: (evidence) => ({
    apparmor: { status: evidence.exists('/sys/kernel/security/apparmor') ? 'enabled' : 'disabled' },
    fips: evidence.first('/proc/sys/crypto/fips_enabled') === '1',
    selinux: selinux(
      evidence.exists('/sys/fs/selinux/enforce'),
      evidence.first('/sys/fs/selinux/enforce') === '1',
      evidence.first('/sys/fs/selinux/policyvers'),
      evidence.lines('/etc/selinux/config'),
    ),
  }),
}

function selinux(enabled: boolean, enforcing: boolean, version: string, config: readonly string[]): Dict {
  if (!enabled) return { status: 'disabled' }
  const setting = (name: string) =>
    config.map((line) => /^\s*(\w+)\s*=\s*(\S+)/.exec(line)).find((match) => match?.[1] === name)?.[2]
  return {
    status: 'enabled',
    mode: enforcing ? 'enforcing' : 'permissive',
    config_mode: setting('SELINUX') ?? 'unknown',
    type: setting('SELINUXTYPE') ?? 'unknown',
    policyvers: Number(version) || 'unknown',
  }
}

/** Whether the root directory is the host's own. */
export const chroot: Collector = {
  name: 'chroot',
  provides: ['is_chroot'],
  minimal: false,
  commands: { roots: sh`stat -L -c '%d %i' / /proc/1/root/.` },
  facts: (evidence) => {
    const [own, first] = evidence.output('roots').trim().split('\n')
    return { is_chroot: first !== undefined && own !== first }
  },
}
