import apt from './apt.ts'
import apt_key from './apt_key.ts'
import apt_repository from './apt_repository.ts'
import deb822_repository from './deb822_repository.ts'
import dpkg_selections from './dpkg_selections.ts'
import debconf from './debconf.ts'
import package_facts from './package_facts.ts'
import package_ from './package.ts'
import async_status from './async_status.ts'
import assert from './assert.ts'
import command from './command.ts'
import copy from './copy.ts'
import debug from './debug.ts'
import expect from './expect.ts'
import apache2_module from './apache2_module.ts'
import htpasswd from './htpasswd.ts'
import sudoers from './sudoers.ts'
import openssl_privatekey from './openssl_privatekey.ts'
import openssl_csr from './openssl_csr.ts'
import x509_certificate from './x509_certificate.ts'
import openssl_dhparam from './openssl_dhparam.ts'
import git_config from './git_config.ts'
import npm from './npm.ts'
import make from './make.ts'
import postgresql_db from './postgresql_db.ts'
import postgresql_user from './postgresql_user.ts'
import postgresql_ext from './postgresql_ext.ts'
import mysql_db from './mysql_db.ts'
import mysql_user from './mysql_user.ts'
import fail from './fail.ts'
import file from './file.ts'
import lineinfile from './lineinfile.ts'
import uri from './uri.ts'
import wait_for from './wait_for.ts'
import blockinfile from './blockinfile.ts'
import replace from './replace.ts'
import ini_file from './ini_file.ts'
import slurp from './slurp.ts'
import assemble from './assemble.ts'
import tempfile from './tempfile.ts'
import fetch from './fetch.ts'
import find from './find.ts'
import script from './script.ts'
import pause from './pause.ts'
import wait_for_connection from './wait_for_connection.ts'
import get_url from './get_url.ts'
import unarchive from './unarchive.ts'
import cron from './cron.ts'
import sysctl from './sysctl.ts'
import ufw from './ufw.ts'
import ufw_rules from './ufw_rules.ts'
import user from './user.ts'
import git from './git.ts'
import group from './group.ts'
import timezone from './timezone.ts'
import hostname from './hostname.ts'
import authorized_key from './authorized_key.ts'
import known_hosts from './known_hosts.ts'
import getent from './getent.ts'
import service_facts from './service_facts.ts'
import modprobe from './modprobe.ts'
import locale_gen from './locale_gen.ts'
import mount from './mount.ts'
import alternatives from './alternatives.ts'
import iptables from './iptables.ts'
import pam_limits from './pam_limits.ts'
import pip from './pip.ts'
import ping from './ping.ts'
import { ModuleLibrary } from './custom/library.ts'
import { findForeign } from './foreign.ts'
import type { AnyModule } from './module.ts'
import raw from './raw.ts'
import set_fact from './set_fact.ts'
import setup from './setup.ts'
import reboot from './reboot.ts'
import service from './service.ts'
import shell from './shell.ts'
import stat from './stat.ts'
import systemd from './systemd.ts'
import template from './template.ts'

/** Every module. */
export const modules: readonly AnyModule[] = [
  apt_key,
  apt_repository,
  deb822_repository,
  dpkg_selections,
  debconf,
  package_facts,
  package_,
  authorized_key,
  hostname,
  timezone,
  git,
  group,
  user,
  apt,
  async_status,
  assert,
  command,
  copy,
  debug,
  expect,
  apache2_module,
  htpasswd,
  sudoers,
  openssl_privatekey,
  openssl_csr,
  x509_certificate,
  openssl_dhparam,
  git_config,
  npm,
  make,
  postgresql_db,
  postgresql_user,
  postgresql_ext,
  mysql_db,
  mysql_user,
  fail,
  file,
  known_hosts,
  getent,
  service_facts,
  modprobe,
  locale_gen,
  mount,
  alternatives,
  iptables,
  pam_limits,
  pip,
  ping,
  raw,
  set_fact,
  setup,
  reboot,
  service,
  shell,
  stat,
  systemd,
  template,
  wait_for,
  uri,
  lineinfile,
  ufw,
  ufw_rules,
  sysctl,
  cron,
  unarchive,
  get_url,
  wait_for_connection,
  pause,
  script,
  find,
  fetch,
  tempfile,
  assemble,
  slurp,
  ini_file,
  replace,
  blockinfile,
]

const byName = new Map(
  modules.flatMap((module) => [module.name, ...(module.aliases ?? [])].map((name) => [name, module])),
)

/** The modules that a project's tasks may name, and that can be run. */
export interface RunnableModules {
  /** By short name; a module of the author's own by the name that `own` has given it. */
  get(name: string): AnyModule | undefined
  names(): string[]
  own(name: string): AnyModule | undefined
  adopt(directory: string): void
}

/** Every module, and what is found in `library/` of the playbooks and roles that are read. */
export function createModuleTable(library: ModuleLibrary = new ModuleLibrary()): RunnableModules {
  const own = (name: string): AnyModule | undefined => {
    const built = byName.get(name)
    // What acts on this side is no program for a host; the module beside a plugin of that name never runs alone.
    if (built?.controllerOnly) return undefined
    return library.find(name, built ? `${LEGACY}${name}` : name)
  }
  return {
    get: (name) =>
      name.startsWith(LEGACY)
        ? own(name.slice(LEGACY.length))
        : (byName.get(name) ?? own(name) ?? findForeign(name)),
    names: () => [...modules.map(({ name }) => name), ...library.names()],
    own,
    adopt: (directory) => library.adopt(directory),
  }
}

/** The collection that means modules of one's own as well as those built in. */
const LEGACY = 'ansible.legacy.'

/** The module of that short name. */
export function findModule(name: string): AnyModule | undefined {
  return byName.get(name) ?? findForeign(name)
}
