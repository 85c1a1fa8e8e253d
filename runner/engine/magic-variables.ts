import { existsSync } from 'node:fs'
import { delimiter, dirname, isAbsolute, join } from 'node:path'
import { evaluate } from '../expressions/evaluate.ts'
import { type Block, type Node, type Role, roleOf } from '../source/model.ts'
import { LazyDict } from '../variables/lazy.ts'
import type { Layer } from '../variables/scope.ts'
import { omit, type Value } from '../variables/value.ts'
import type { HostRun } from './host-run.ts'
import { hostVariables, waitForOthers } from './host-variables.ts'
import type { PlayRun } from './run.ts'
import { scopeOf, surroundingsOf } from './variables.ts'

/** The version of Ansible whose language this is. */
const LANGUAGE = { full: '2.19.0', major: 2, minor: 19, revision: 0, string: '2.19.0' }

/**
 * Variables that describe the run itself; nothing overrides them.
 *
 * @source https://docs.ansible.com/ansible/latest/reference_appendices/special_variables.html
 */
export function magicLayer(playRun: PlayRun, host: HostRun, node: Node): Layer {
  return {
    name: 'magic variables',
    get: (name) => (Object.hasOwn(MAGIC, name) ? MAGIC[name]!(playRun, host, node) : undefined),
    names: () => Object.keys(MAGIC),
  }
}

/** The names of all of them. */
export function magicNames(): string[] {
  return Object.keys(MAGIC)
}

type Magic = (playRun: PlayRun, host: HostRun, node: Node) => Value | undefined

// Who is still there depends on what the others have come to.
function liveHosts(playRun: PlayRun, asking: HostRun, names: readonly string[]): string[] {
  waitForOthers(playRun, undefined, asking)
  return names.filter((name) => {
    const lost = playRun.run.hosts.get(name)?.lost
    return lost !== 'failed' && lost !== 'unreachable'
  })
}

function namesOf(roles: readonly Block[]): string[] {
  return [...new Set(roles.flatMap(({ role }) => (role ? [role.role.name] : [])))]
}

// A dependency's block stands under the block of the role that needs it.
function isDependency({ parent }: Block): boolean {
  return parent !== undefined && 'role' in parent && parent.role !== undefined
}

// A role that nothing brought in has no parents to name.
function someOf(names: string[]): string[] | undefined {
  return names.length > 0 ? names : undefined
}

function parentsOf(node: Node): readonly Role[] {
  return roleOf(node)?.parents ?? []
}

let python: string | undefined

// Nothing here runs in Python; playbooks use this name to run scripts of their own on this machine.
function pythonHere(): string {
  return (python ??=
    (process.env['PATH'] ?? '')
      .split(delimiter)
      .map((directory) => join(directory, 'python3'))
      .find((path) => isAbsolute(path) && existsSync(path)) ?? '/usr/bin/python3')
}

const MAGIC: Record<string, Magic> = {
  inventory_hostname: (_, host) => host.name,
  inventory_hostname_short: (_, host) => host.name.split('.')[0]!,
  inventory_dir: ({ run }, host) => {
    const file = run.inventory.host(host.name)?.source?.file
    return file === undefined ? null : dirname(file)
  },
  inventory_file: ({ run }, host) => run.inventory.host(host.name)?.source?.file ?? null,
  group_names: ({ run }, host) => {
    const known = run.inventory.host(host.name)
    return known ? run.inventory.groupNames(known) : []
  },
  groups: ({ run: { inventory } }) =>
    Object.fromEntries(
      [...inventory.groups].map(([name, group]) => [name, inventory.hostsOf(group).map((host) => host.name)]),
    ),
  hostvars: (playRun, host) => hostVariables(playRun, host),
  ansible_facts: (_, host) => host.shownFacts,
  play_hosts: (playRun, host) => liveHosts(playRun, host, playRun.batch),
  ansible_play_batch: (playRun, host) => liveHosts(playRun, host, playRun.batch),
  ansible_play_hosts: (playRun, host) => liveHosts(playRun, host, playRun.allHosts),
  ansible_play_hosts_all: ({ allHosts }) => [...allHosts],
  ansible_play_name: ({ name }) => name,
  ansible_play_role_names: ({ play }) => namesOf(play.roles.filter((each) => !isDependency(each))),
  ansible_dependent_role_names: ({ play }) => namesOf(play.roles.filter(isDependency)),
  ansible_role_names: ({ play }) => namesOf(play.roles),
  role_names: ({ play }) => namesOf(play.roles.filter((each) => !isDependency(each))),
  role_name: (_, __, node) => roleOf(node)?.role.name,
  ansible_role_name: (_, __, node) => roleOf(node)?.role.name,
  role_path: (_, __, node) => roleOf(node)?.role.directory,
  ansible_parent_role_names: (_, __, node) => someOf(parentsOf(node).map(({ name }) => name)),
  ansible_parent_role_paths: (_, __, node) => someOf(parentsOf(node).map(({ directory }) => directory)),
  playbook_dir: ({ play }) => play.directory,
  ansible_search_path: (playRun, _, node) => surroundingsOf(playRun, node).searchPath('.'),
  ansible_config_file: () => null,
  ansible_check_mode: ({ run }) => run.options.check,
  ansible_diff_mode: ({ run }) => run.options.diff,
  ansible_verbosity: ({ run }) => run.options.verbosity,
  ansible_forks: ({ run }) => run.options.forks,
  ansible_limit: ({ run }) => run.options.limit,
  ansible_run_tags: ({ run }) => (run.options.tags.only.length > 0 ? [...run.options.tags.only] : ['all']),
  ansible_skip_tags: ({ run }) => [...run.options.tags.skip],
  ansible_inventory_sources: ({ run }) => [...run.inventory.sources],
  ansible_version: () => LANGUAGE,
  ansible_playbook_python: () => pythonHere(),
  omit: () => omit,
  vars: (playRun, host, node) => {
    const scope = scopeOf(playRun, host, node)
    return new LazyDict(
      (name) => {
        const value = scope.get(name)
        return value === undefined ? undefined : evaluate(value, scope)
      },
      () => scope.names().filter((name) => name !== 'vars' && name !== 'hostvars'),
    )
  },
}
