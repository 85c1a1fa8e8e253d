import { homedir } from 'node:os'
import { basename, delimiter, dirname, isAbsolute, join, resolve } from 'node:path'
import { isDirectory } from './files.ts'
import type { Loading } from './loading.ts'

export interface FoundRole {
  /** The role's name: the last part where it was given as a path. */
  readonly name: string
  readonly directory?: string
  readonly tried: readonly string[]
}

/**
 * Where a role is: beside the playbook (`roles/`), beside the role that needs it, in the project's `roles/`, in
 * `roles_path` and Ansible's usual places, and at the path itself.
 *
 * @param beside the directory of the role that needs it
 */
export function findRole(
  loading: Loading,
  name: string,
  playDirectory: string | undefined,
  beside?: string,
): FoundRole {
  const home = (path: string) =>
    path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(loading.cwd, path)
  const environment = process.env['ANSIBLE_ROLES_PATH']?.split(delimiter).filter((path) => path !== '') ?? []
  const directories = [
    ...(playDirectory === undefined ? [] : [join(playDirectory, 'roles')]),
    // Playbooks may stand in a folder of their own beside `roles/`.
    ...(playDirectory !== undefined && basename(playDirectory) === 'playbooks'
      ? [join(playDirectory, '../roles')]
      : []),
    ...(beside === undefined ? [] : [dirname(beside)]),
    ...(loading.options.rolesPath ?? []).map(home),
    join(loading.cwd, 'roles'),
    ...environment.map(home),
    ...(environment.length > 0
      ? []
      : ['~/.ansible/roles', '/usr/share/ansible/roles', '/etc/ansible/roles'].map(home)),
    ...(playDirectory === undefined ? [] : [playDirectory]),
  ]
  const collection = /^(\w+)\.(\w+)\.(\w+)$/.exec(name)
  if (collection) {
    const [, namespace, set, role] = collection as unknown as [string, string, string, string]
    const roots = [playDirectory ?? loading.cwd, loading.cwd].map((root) => join(root, 'collections'))
    const tried = [
      ...new Set([...roots, ...['~/.ansible/collections', '/usr/share/ansible/collections'].map(home)]),
    ].map((root) => join(root, 'ansible_collections', namespace, set, 'roles', role))
    return { name, directory: tried.find(isDirectory), tried }
  }
  const tried = isAbsolute(name)
    ? [name]
    : [...new Set(directories.map((directory) => join(directory, name)))]
  return { name: basename(name), directory: tried.find(isDirectory), tried }
}
