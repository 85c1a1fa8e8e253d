import type { Dict } from '../../variables/value.ts'
import type { Collector } from './collector.ts'
import type { Evidence } from './evidence.ts'

/** `virtualization_type` and `_role`, with every technology that was recognised. */
export const virtualization: Collector = {
  name: 'virtual',
  provides: [
    'virtualization_type',
    'virtualization_role',
    'virtualization_tech_guest',
    'virtualization_tech_host',
  ],
  minimal: false,
  files: [
    '/proc/1/environ',
    '/proc/1/cgroup',
    '/run/systemd/container',
    '/sys/class/dmi/id/*',
    '/proc/modules',
    '/proc/sys/kernel/osrelease',
    '/proc/xen/capabilities',
  ],
  paths: [
    '/.dockerenv',
    '/.dockerinit',
    '/run/.containerenv',
    '/proc/vz',
    '/proc/lve',
    '/proc/xen',
    '/dev/kvm',
  ],
  facts: (evidence) => {
    const guests = [...guestOf(evidence)]
    const hosts = [...hostOf(evidence)]
    return {
      ...summary(guests, hosts),
      virtualization_tech_guest: [...new Set(guests.flatMap((type) => ALSO[type] ?? [type]))].sort(),
      virtualization_tech_host: [...new Set(hosts)].sort(),
    }
  },
}

/** Each of these is a container too. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  docker: ['docker', 'container'],
  podman: ['podman', 'container'],
  lxc: ['lxc', 'container'],
  'systemd-nspawn': ['systemd-nspawn', 'container'],
}

function summary([guest]: readonly string[], [host]: readonly string[]): Dict {
  if (guest !== undefined) return { virtualization_type: guest, virtualization_role: 'guest' }
  if (host !== undefined) return { virtualization_type: host, virtualization_role: 'host' }
  return { virtualization_type: 'NA', virtualization_role: 'NA' }
}

/** What the host is a guest of, the innermost first. */
function* guestOf(evidence: Evidence): Generator<string> {
  const cgroups = evidence.lines('/proc/1/cgroup').join('\n')
  if (/\/docker(\/|-[0-9a-f]+\.scope)/.test(cgroups) || evidence.exists('/.dockerenv')) yield 'docker'
  if (/\/(lxc|lxc\.payload)[./]/.test(cgroups)) yield 'lxc'
  if (evidence.exists('/run/.containerenv')) yield 'podman'
  const environment = evidence.lines('/proc/1/environ').join('\n').split('\0')
  const container = environment.find((entry) => entry.startsWith('container='))?.slice('container='.length)
  if (container === 'lxc' || container === 'podman') yield container
  else if (container) yield 'container'
  const known = evidence.first('/run/systemd/container')
  if (known) yield known
  if (evidence.exists('/proc/vz') && !evidence.exists('/proc/lve')) yield 'openvz'
  if (/microsoft|wsl/i.test(evidence.first('/proc/sys/kernel/osrelease'))) yield 'wsl'
  if (evidence.exists('/proc/xen') && !isXenHost(evidence)) yield 'xen'
  const machine = firmware(evidence)
  if (machine) yield machine
}

function* hostOf(evidence: Evidence): Generator<string> {
  if (isXenHost(evidence)) yield 'xen'
  const modules = new Set(evidence.lines('/proc/modules').map((line) => line.split(' ')[0]))
  if (modules.has('kvm') || evidence.exists('/dev/kvm')) yield 'kvm'
  if (modules.has('vboxdrv')) yield 'virtualbox'
}

function isXenHost(evidence: Evidence): boolean {
  return evidence.first('/proc/xen/capabilities').includes('control_d')
}

function firmware(evidence: Evidence): string | undefined {
  const at = (file: string) => evidence.first(`/sys/class/dmi/id/${file}`)
  const [product, vendor, bios, family] = ['product_name', 'sys_vendor', 'bios_vendor', 'product_family'].map(
    at,
  ) as [string, string, string, string]
  if (vendor === 'oVirt') return 'oVirt'
  if (vendor === 'Red Hat' && family === 'Red Hat Enterprise Linux') return 'RHEV'
  if (product.startsWith('VMware')) return 'VMware'
  if (/^OpenStack (Compute|Nova)$/.test(product)) return 'openstack'
  if (bios === 'Xen') return 'xen'
  if (bios === 'innotek GmbH') return 'virtualbox'
  if (vendor === 'Parallels Software International Inc.' || vendor === 'Parallels International GmbH.')
    return 'parallels'
  if (vendor === 'Microsoft Corporation' && product === 'Virtual Machine') return 'VirtualPC'
  if (/^(KVM|KVM Server|Bochs|AHV|Google Compute Engine|HVM domU)$/.test(product)) {
    return product === 'HVM domU' ? 'xen' : 'kvm'
  }
  if (
    /^(QEMU|Amazon EC2|DigitalOcean|Hetzner|Nutanix|UpCloud|Scaleway|Linode|Vultr|Alibaba Cloud|OpenStack Foundation)$/.test(
      vendor,
    )
  )
    return vendor === 'OpenStack Foundation' ? 'openstack' : 'kvm'
  return undefined
}
