import { sh } from '../../transport/shell.ts'
import type { Dict } from '../../variables/value.ts'
import type { Collector } from './collector.ts'
import { distributionName, osRelease } from './distribution.ts'

/** Kernel, machine and names of the host. */
export const platform: Collector = {
  name: 'platform',
  provides: [
    'system',
    'kernel',
    'kernel_version',
    'machine',
    'architecture',
    'machine_id',
    'hostname',
    'fqdn',
  ],
  minimal: true,
  files: [
    '/proc/sys/kernel/ostype',
    '/proc/sys/kernel/osrelease',
    '/proc/sys/kernel/version',
    '/proc/sys/kernel/hostname',
    '/etc/machine-id',
    '/var/lib/dbus/machine-id',
  ],
  commands: {
    machine: sh`uname -m`,
    bits: sh`getconf LONG_BIT`,
    // A name server that does not answer must not hold up the run.
    hosts: sh`read -r name < /proc/sys/kernel/hostname && timeout 3 getent hosts "$name"`,
  },
  facts: (evidence) => {
    const nodename = evidence.first('/proc/sys/kernel/hostname')
    const fqdn = fullName(nodename, evidence.output('hosts'))
    const machine = evidence.output('machine').trim()
    const bits = evidence.output('bits').trim()
    const id = evidence.first('/etc/machine-id') || evidence.first('/var/lib/dbus/machine-id')
    return {
      system: evidence.first('/proc/sys/kernel/ostype') || 'Linux',
      kernel: evidence.first('/proc/sys/kernel/osrelease'),
      kernel_version: evidence.first('/proc/sys/kernel/version'),
      machine,
      architecture: /^i[3-6]86$/.test(machine) ? 'i386' : machine,
      userspace_bits: bits,
      userspace_architecture: machine === 'x86_64' && bits === '32' ? 'i386' : machine,
      nodename,
      hostname: nodename.split('.')[0]!,
      fqdn,
      domain: fqdn.split('.').slice(1).join('.'),
      ...(id ? { machine_id: id } : {}),
    }
  },
}

// The first name with a dot that the resolver gives, as Python's `getfqdn` has it.
function fullName(nodename: string, answer: string): string {
  const names = answer.split('\n')[0]!.split(/\s+/).slice(1).filter(Boolean)
  return [nodename, ...names].find((name) => name.includes('.')) ?? names[0] ?? nodename
}

/** What `lsb_release` says of systems that take it from `/etc/os-release`. */
export const lsb: Collector = {
  name: 'lsb',
  minimal: true,
  files: ['/etc/os-release', '/usr/lib/os-release', '/etc/lsb-release'],
  paths: ['/usr/bin/lsb_release'],
  facts: (evidence): Dict => {
    if (!evidence.exists('/usr/bin/lsb_release') && !evidence.exists('/etc/lsb-release')) return { lsb: {} }
    const release = osRelease(evidence)
    const version = release['VERSION_ID'] ?? 'n/a'
    return {
      lsb: {
        id: distributionName(release),
        description: release['PRETTY_NAME'] ?? '',
        release: version,
        codename: release['VERSION_CODENAME'] ?? 'n/a',
        major_release: version.split('.')[0]!,
      },
    }
  },
}
