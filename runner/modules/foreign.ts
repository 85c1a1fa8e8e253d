import { Type } from 'typebox'
import { defineModule, type AnyModule } from './module.ts'
import { failed } from './outcome.ts'

/**
 * Modules of Ansible's that are not carried out here, by the short names that playbooks use. Besides them, every module
 * of another collection that is written with its full name. A playbook may name them where `when`, or the hosts of the
 * play, keep them from running, as roles for several systems do; a task that gets as far as running one fails.
 */
const NAMES = `
  apk archive at bower composer cpanm cronvar dconf django_manage dnf
  dnf5 easy_install filesystem firewalld flatpak gather_facts gem haproxy helm
  homebrew homebrew_cask java_cert jenkins_job jenkins_plugin k8s ldap_entry lvg lvol
  mount_facts nmcli openbsd_pkg openssh_keypair osx_defaults pacman pamd parted pear pkg5
  pkgin pkgng pkgutil portage portinstall proxmox redhat_subscription rhn_register rhsm_repository rpm_key
  runit seboolean sefcontext selinux selinux_permissive seport slackpkg snap subversion
  supervisorctl svc svr4pkg swdepot synchronize sysrc sysvinit timesyncd ufw_facts urpmi virt
  xattr xbps xml yarn yum yum_repository zfs zypper zypper_repository
`
  .trim()
  .split(/\s+/)

/** Families of modules, by what their short names begin with. */
const FAMILY =
  /^(aws|azure_rm|digital_ocean|docker|ec2|gcp|gluster|grafana|ipa|k8s|mongodb|mysql|openssl|postgresql|proxysql|rabbitmq|s3|vmware|win|zabbix)_/

/** Collections whose modules are all known here by name. */
const BUILTIN = /^ansible\.(builtin|legacy)\./

/** `namespace.collection.module` */
const FULL_NAME = /^[a-z_]\w*\.[a-z_]\w*\.[a-z_][\w.]*$/i

const foreign = new Map<string, AnyModule>(NAMES.map((name) => [name, foreignModule(name)]))

/** The module of that name, short or full, which Ansible has and this program has not. */
export function findForeign(name: string): AnyModule | undefined {
  const known = FAMILY.test(name) || (FULL_NAME.test(name) && !BUILTIN.test(name))
  if (known && !foreign.has(name)) foreign.set(name, foreignModule(name))
  return foreign.get(name)
}

function foreignModule(name: string): AnyModule {
  return defineModule({
    name,
    foreign: true,
    summary: 'A module of Ansible’s that is not carried out here.',
    args: Type.Object({}, { additionalProperties: Type.Unknown({ ansible: 'raw' }) }),
    freeForm: '_raw_params',
    takesUnknown: ['*'],
    controllerOnly: true,
    plan: () => failed(`the module '${name}' is not supported here; 'play doc' lists those that are`),
  })
}
