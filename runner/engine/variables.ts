import { dirname, join } from 'node:path'
import {
  accumulated,
  type Block,
  isInclude,
  type Node,
  type Play,
  type Role,
  roleOf,
  type RoleUse,
  type Task,
} from '../source/model.ts'
import { type Layer, Scope, type Surroundings, dictLayer } from '../variables/scope.ts'
import { isDict, own, type Value } from '../variables/value.ts'
import { factsLayer } from './facts-layer.ts'
import type { HostRun } from './host-run.ts'
import { hostVarsFiles } from './play-variables.ts'
import { magicLayer } from './magic-variables.ts'
import type { PlayRun } from './run.ts'

/**
 * The variables that a task sees on a host, in Ansible's order of precedence.
 *
 * @source https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_variables.html#understanding-variable-precedence
 */
export function scopeOf(playRun: PlayRun, host: HostRun, node: Node, extra: readonly Layer[] = []): Scope {
  const written = writtenLayers(node)
  const ofRoles = roleLayers(playRun, node)
  return new Scope(
    [
      magicLayer(playRun, host, node),
      ...extra,
      playRun.run.extraVars,
      ...written.params,
      mapLayer('set_fact and register', host.variables),
      mapLayer('include_vars', host.includedVariables),
      ...written.vars,
      ...ofRoles.vars,
      ...hostVarsFiles(
        playRun.run,
        playRun.play,
        () => aroundVarsFiles(playRun, host),
        host.facts !== undefined,
      ),
      ...playRun.layers,
      mapLayer('cached facts', host.cachedFacts),
      factsLayer(host),
      ...host.inventoryLayers,
      ...ofRoles.defaults,
      addressLayer(host),
    ],
    surroundingsOf(playRun, node),
  )
}

/** What the names of `vars_files` may use. */
function aroundVarsFiles(playRun: PlayRun, host: HostRun): Scope {
  return new Scope(
    [
      magicLayer(playRun, host, playRun.play),
      playRun.run.extraVars,
      mapLayer('set_fact and register', host.variables),
      mapLayer('include_vars', host.includedVariables),
      ...playRun.layers,
      mapLayer('cached facts', host.cachedFacts),
      factsLayer(host),
      ...host.inventoryLayers,
    ],
    surroundingsOf(playRun, playRun.play),
  )
}

/** A layer over a map that changes while the run goes on. */
export function mapLayer(name: string, values: ReadonlyMap<string, Value>): Layer {
  return { name, get: (variable) => values.get(variable), names: () => values.keys() }
}

// What was written at tasks, blocks and role uses is the same for every host: built once a node.
interface WrittenLayers {
  readonly params: readonly Layer[]
  readonly vars: readonly Layer[]
}

const writtenLayersOf = new WeakMap<Node, WrittenLayers>()

function writtenLayers(node: Node): WrittenLayers {
  const known = writtenLayersOf.get(node)
  if (known) return known
  const layers: WrittenLayers = {
    params: [
      ...includesAround(node).flatMap((include) => {
        const vars = own(include.keywords, 'vars')
        return vars !== undefined && isDict(vars)
          ? [dictLayer('vars of an include', vars, () => include.locate('vars'))]
          : []
      }),
      ...roleUses(node).flatMap((use) =>
        Object.keys(use.params).length > 0
          ? [dictLayer(`parameters of role ${use.role.name}`, use.params)]
          : [],
      ),
    ],
    vars: accumulated(node, 'vars')
      .filter(({ node: at }) => !isPlay(at))
      .reverse()
      .flatMap(({ value, node: at }) =>
        isDict(value)
          ? [
              dictLayer('kind' in at && at.kind === 'task' ? 'task vars' : 'block vars', value, () =>
                at.locate('vars'),
              ),
            ]
          : [],
      ),
  }
  writtenLayersOf.set(node, layers)
  return layers
}

function isPlay(node: Node): node is Play {
  return 'kind' in node && node.kind === 'play'
}

/** The dynamic includes that brought a node, innermost first, and the node itself where it is one. */
function includesAround(node: Node): Task[] {
  const found: Task[] = []
  for (let at: Node | undefined = node; at !== undefined; at = at.parent) {
    const { include } = at as Partial<Block>
    if (include) found.push(include)
    else if (isInclude(at)) found.push(at as Task)
  }
  return found
}

/** The uses of roles around a node, innermost first. */
function roleUses(node: Node): RoleUse[] {
  const uses: RoleUse[] = []
  for (let at: Node | undefined = node; at !== undefined; at = at.parent) {
    const use = (at as Block).role
    if (use) uses.push(use)
  }
  return uses
}

// The running role's own first, then its dependencies', those around it, and every role's that is public in the play.
function roleLayers({ publicRoles }: PlayRun, node: Node): RoleLayers {
  const known = roleLayersOf.get(node)
  if (known?.publicRoles === publicRoles && known.count === publicRoles.size) return known
  const around = roleUses(node)
  const roles = new Set<Role>([
    ...around.flatMap(({ role, dependencies }, index) => [
      role,
      ...(index === 0 ? dependencies.toReversed() : []),
    ]),
    ...[...publicRoles].toReversed().map(({ role }) => role),
  ])
  const layers = {
    publicRoles,
    count: publicRoles.size,
    vars: [...roles].map((role) => roleLayer(role, 'vars')),
    defaults: [...roles].map((role) => roleLayer(role, 'defaults')),
  }
  roleLayersOf.set(node, layers)
  return layers
}

/** Built once a node, as long as no more roles have become public in the play. */
interface RoleLayers {
  readonly publicRoles: ReadonlySet<RoleUse>
  readonly count: number
  readonly vars: readonly Layer[]
  readonly defaults: readonly Layer[]
}

const roleLayersOf = new WeakMap<Node, RoleLayers>()

const roleLayerOf = { vars: new WeakMap<Role, Layer>(), defaults: new WeakMap<Role, Layer>() }

function roleLayer(role: Role, kind: 'vars' | 'defaults'): Layer {
  const known = roleLayerOf[kind].get(role)
  if (known) return known
  const layer = dictLayer(`role ${role.name} ${kind}`, role[kind], (variable) =>
    role.locateVariable(kind, variable),
  )
  roleLayerOf[kind].set(role, layer)
  return layer
}

// A host that nobody gives an address is reached by its name.
function addressLayer({ name }: HostRun): Layer {
  return {
    name: 'address',
    get: (variable) => (variable === 'ansible_host' ? name : undefined),
    names: () => [],
  }
}

function ownKindOf({ action = '' }: Partial<Task>): Surroundings['ownKind'] {
  return action.includes('template') ? 'templates' : action.includes('vars') ? 'vars' : 'files'
}

/** Where relative files of a node are looked for: its role, the file it is written in, the playbook. */
export function surroundingsOf({ play, run: { decrypt } }: PlayRun, node: Node): Surroundings {
  return {
    playbookDir: play.directory,
    ownKind: ownKindOf(node),
    decrypt,
    searchPath: (kind) => {
      const directories: string[] = []
      for (let use = roleOf(node), at: Node | undefined = node; use;) {
        directories.push(join(use.role.directory, kind), use.role.directory)
        while (at && (at as Block).role !== use) at = at.parent
        at = at?.parent
        use = at ? roleOf(at) : undefined
      }
      const file = (node as Task).file
      if (file) directories.push(join(dirname(file), kind), dirname(file))
      directories.push(join(play.directory, kind), play.directory)
      // Playbooks may stand in a folder of their own beside `files/` and `templates/`.
      return [...new Set(directories)]
    },
  }
}
