import { Type } from 'typebox'
import { defineModule, type AnyModule } from './module.ts'
import { failed } from './outcome.ts'

/**
 * Modules of Ansible's that are not carried out here. A playbook may name them where `when` keeps them from running, as
 * roles for several distributions do; a task that gets as far as running one fails.
 */
const NAMES = [
  'apt_key',
  'async_status',
  'dnf',
  'dnf5',
  'expect',
  'firewalld',
  'gather_facts',
  'git',
  'homebrew',
  'mount_facts',
  'pip',
  'portage',
  'rpm_key',
  'seboolean',
  'selinux',
  'set_stats',
  'subversion',
  'sysvinit',
  'yum',
  'yum_repository',
  'zypper',
]

const foreign = new Map<string, AnyModule>(NAMES.map((name) => [name, foreignModule(name)]))

/** The module of that name, which Ansible has and this program has not. */
export function findForeign(name: string): AnyModule | undefined {
  return foreign.get(name)
}

function foreignModule(name: string): AnyModule {
  return defineModule({
    name,
    summary: 'A module of Ansible’s that is not carried out here.',
    args: Type.Object({}, { additionalProperties: Type.Unknown({ ansible: 'raw' }) }),
    freeForm: '_raw_params',
    takesUnknown: ['*'],
    controllerOnly: true,
    plan: () => failed(`the module '${name}' is not supported here; 'play doc' lists those that are`),
  })
}
