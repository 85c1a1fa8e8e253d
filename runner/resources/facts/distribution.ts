import type { Collector } from './collector.ts'
import type { Evidence } from './evidence.ts'

/** `distribution`, `distribution_version`, `os_family` and their kin, as Ansible names them. */
export const distribution: Collector = {
  name: 'distribution',
  provides: ['distribution_version', 'distribution_release', 'distribution_major_version', 'os_family'],
  minimal: true,
  files: ['/etc/os-release', '/usr/lib/os-release', '/etc/debian_version', '/etc/alpine-release'],
  facts: (evidence) => {
    const release = osRelease(evidence)
    const id = release['ID'] ?? ''
    const name = NAMES[id] ?? release['NAME'] ?? 'NA'
    const full = fullVersion(id, release, evidence)
    const [major = '', minor] = full.split('.')
    return {
      distribution: name,
      distribution_version: full || 'NA',
      distribution_major_version: major || 'NA',
      ...(id === 'debian' && minor !== undefined ? { distribution_minor_version: minor } : {}),
      distribution_release: codename(release),
      distribution_file_path: '/etc/os-release',
      distribution_file_variety: FAMILIES[name] === 'Debian' ? 'Debian' : name,
      distribution_file_parsed: Object.keys(release).length > 0,
      os_family: FAMILIES[name] ?? familyLike(release) ?? name,
    }
  },
}

/** The variables of `/etc/os-release`. */
export function osRelease(evidence: Evidence): Record<string, string> {
  const lines = evidence.lines('/etc/os-release')
  return Object.fromEntries(
    (lines.length > 0 ? lines : evidence.lines('/usr/lib/os-release')).flatMap((line) => {
      const match = /^\s*([A-Z][A-Z0-9_]*)=(.*?)\s*$/.exec(line)
      return match ? [[match[1]!, unquote(match[2]!)]] : []
    }),
  )
}

/** The name Ansible gives the distribution of an `/etc/os-release`. */
export function distributionName(release: Record<string, string>): string {
  return NAMES[release['ID'] ?? ''] ?? release['NAME'] ?? 'NA'
}

function unquote(text: string): string {
  const match = /^(["'])(.*)\1$/.exec(text)
  return (match ? match[2]! : text).replaceAll(/\\(["'$`\\])/g, '$1')
}

// Debian's os-release holds no minor version; /etc/debian_version does, unless it is `trixie/sid`.
function fullVersion(id: string, release: Record<string, string>, evidence: Evidence): string {
  const version = release['VERSION_ID'] ?? ''
  if (id === 'debian') {
    const precise = evidence.first('/etc/debian_version')
    return /^\d/.test(precise) ? precise : version || precise
  }
  return id === 'alpine' ? evidence.first('/etc/alpine-release') || version : version
}

function codename(release: Record<string, string>): string {
  return (
    release['VERSION_CODENAME'] ||
    /\(([^)]+)\)/.exec(release['VERSION'] ?? release['PRETTY_NAME'] ?? '')?.[1] ||
    'NA'
  )
}

const NAMES: Readonly<Record<string, string>> = {
  debian: 'Debian',
  ubuntu: 'Ubuntu',
  raspbian: 'Debian',
  linuxmint: 'Linux Mint',
  kali: 'Kali',
  devuan: 'Devuan',
  pop: 'Pop!_OS',
  fedora: 'Fedora',
  rhel: 'RedHat',
  centos: 'CentOS',
  rocky: 'Rocky',
  almalinux: 'AlmaLinux',
  ol: 'OracleLinux',
  amzn: 'Amazon',
  alpine: 'Alpine',
  arch: 'Archlinux',
  manjaro: 'Manjaro',
  gentoo: 'Gentoo',
  nixos: 'NixOS',
  void: 'Void',
  sles: 'SLES',
  'opensuse-leap': 'openSUSE Leap',
  'opensuse-tumbleweed': 'openSUSE Tumbleweed',
}

const FAMILIES: Readonly<Record<string, string>> = {
  Debian: 'Debian',
  Ubuntu: 'Debian',
  'Linux Mint': 'Debian',
  Kali: 'Debian',
  Devuan: 'Debian',
  'Pop!_OS': 'Debian',
  Fedora: 'RedHat',
  RedHat: 'RedHat',
  CentOS: 'RedHat',
  Rocky: 'RedHat',
  AlmaLinux: 'RedHat',
  OracleLinux: 'RedHat',
  Amazon: 'RedHat',
  Alpine: 'Alpine',
  Archlinux: 'Archlinux',
  Manjaro: 'Archlinux',
  Gentoo: 'Gentoo',
  SLES: 'Suse',
  'openSUSE Leap': 'Suse',
  'openSUSE Tumbleweed': 'Suse',
}

function familyLike(release: Record<string, string>): string | undefined {
  for (const like of (release['ID_LIKE'] ?? '').split(' ')) {
    const family = FAMILIES[NAMES[like] ?? '']
    if (family) return family
  }
  return undefined
}
