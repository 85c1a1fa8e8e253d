import { Template } from '../variables/template.ts'
import { isDict, own, type Dict, type Value } from '../variables/value.ts'
import { describe } from './check-value.ts'
import { displayPath } from './files.ts'
import { loadTasksInto, staticText } from './imports.ts'
import { KEYWORDS } from './keywords.ts'
import type { Location } from './location.ts'
import { roleOf, type Block, type Node, type Play, type Role, type RoleUse, type Step } from './model.ts'
import { nodeOf, NOWHERE } from './node.ts'
import { locate } from './positions.ts'
import { findRoleFile, loadRoleFiles, missingRoleFile, type RoleFiles } from './role-files.ts'
import { rolesArePublic } from './role-privacy.ts'
import { findRole } from './role-search.ts'
import { playOf } from './search.ts'
import { emptyBlock, type OpenBlock, type StepContext } from './steps.ts'
import { validationTask } from './validation-task.ts'

/** A role to be put in place, by whichever way it is asked for. */
export interface RoleRequest {
  readonly name: string
  readonly params: Dict
  readonly keywords: Dict
  /** What asks for it. */
  readonly node: Pick<Node, 'locate' | 'location'>
  readonly parent: Play | Block
  readonly tasksFrom?: string
  readonly varsFrom?: string
  readonly defaultsFrom?: string
  readonly handlersFrom?: string
  readonly public: boolean
  readonly allowDuplicates: boolean | undefined
  /** Whether the role's argument specification is checked before it runs. */
  readonly checkArguments: boolean
  /** Where the role's name stands. */
  readonly location: Location
}

export interface LoadedRole {
  /** The blocks of its dependencies, in order, and its own as the last. */
  readonly blocks: OpenBlock[]
  readonly handlers: Step[]
}

/** Finds a role and builds the block that stands for this use of it, with those of its dependencies before it. */
export function loadRole(request: RoleRequest, context: StepContext): LoadedRole {
  const { loading } = context
  const within = roleOf(request.parent)
  const found = findRole(loading, request.name, playOf(request.parent)?.directory, within?.role.directory)
  const quiet = context.quiet === true && loading.options.ahead !== 'all'
  if (found.directory === undefined) {
    if (quiet) return { blocks: [], handlers: [] }
    const hint = `looked for ${found.tried.map(displayPath).join(', ')}`
    loading.error(`there is no role '${request.name}'`, request.location, hint)
    return { blocks: [], handlers: [] }
  }
  const entryPoint = request.tasksFrom ?? 'main'
  const link = `role ${found.directory} ${entryPoint}`
  if (context.chain.includes(link)) {
    if (context.quiet === true) return { blocks: [], handlers: [] }
    const names = context.chain
      .filter((each) => each.startsWith('role '))
      .map((each) => each.split('/').at(-1)!.split(' ')[0])
    loading.error(`role '${found.name}' needs itself`, request.location, [...names, found.name].join(' → '))
    return { blocks: [], handlers: [] }
  }
  loading.options.modules.adopt?.(found.directory)
  const role = loading.role(
    `${found.directory}\0${request.varsFrom ?? ''}\0${request.defaultsFrom ?? ''}`,
    () =>
      loadRoleFiles(
        loading,
        found.name,
        found.directory!,
        { vars: request.varsFrom, defaults: request.defaultsFrom },
        request.location,
      ),
  )
  const use: RoleUse & { dependencies: Role[] } = {
    role,
    params: request.params,
    entryPoint,
    public: request.public,
    parents: within ? [within.role, ...within.parents] : [],
    dependencies: [],
    key: useKey(role, request),
    allowDuplicates: request.allowDuplicates ?? isTrue(own(role.meta, 'allow_duplicates')),
  }
  const node = {
    location: request.location,
    keywords: request.keywords,
    locate: (keyword: string) => request.node.locate(keyword),
  }
  const block = emptyBlock(node, request.parent, use)
  const inside: StepContext = {
    ...context,
    parent: block,
    chain: [...context.chain, link],
    handler: false,
    quiet: false,
  }
  const dependencies = dependenciesOf(role, block, inside)
  use.dependencies.push(...dependencies.flatMap(({ blocks }) => blocks.map((each) => each.role!.role)))
  if (request.checkArguments) block.block.push(...validationTask(use, block))
  block.block.push(...tasksOf(request, role, inside))
  return {
    blocks: [...dependencies.flatMap(({ blocks }) => blocks), block],
    handlers: [...dependencies.flatMap(({ handlers }) => handlers), ...handlersOf(request, use, inside)],
  }
}

/** An entry of `roles:` or of a role's `dependencies:`. */
export function loadRoleEntry(written: Value, list: Value, index: number, context: StepContext): LoadedRole {
  const { loading, parent } = context
  const at = locate(list as object, index) ?? NOWHERE
  const dict = isDict(written) ? written : undefined
  const key = dict && (Object.hasOwn(dict, 'role') ? 'role' : Object.hasOwn(dict, 'name') ? 'name' : 'src')
  const value = dict ? own(dict, key!) : written
  const location = (dict && locate(dict, key)) ?? at
  if (!(typeof value === 'string' || value instanceof Template) || value === '') {
    loading.error(`a role must be named, not ${describe(value)}`, location, `write '- role: name'`)
    return { blocks: [], handlers: [] }
  }
  if (typeof value === 'string' && value.includes(',')) {
    const words = `Invalid old style role requirement: ${value}`
    loading.error(`a role's name holds no comma: '${value}'`, location, `give each role an entry`, words)
    return { blocks: [], handlers: [] }
  }
  const node = dict ? nodeOf(loading, dict, 'role') : { location, keywords: {}, locate: () => location }
  const name = staticText(loading, value, { ...node, parent }, location)
  if (name === undefined) return { blocks: [], handlers: [] }
  const params = Object.entries(dict ?? {}).filter(
    ([key]) => !KEYWORDS[key]?.on.includes('role') && key !== 'src',
  )
  return loadRole(
    {
      name,
      params: Object.fromEntries(params),
      keywords: node.keywords,
      node,
      parent,
      public: rolesArePublic() ?? true,
      allowDuplicates: undefined,
      checkArguments: true,
      location,
    },
    context,
  )
}

function dependenciesOf(role: RoleFiles, block: Block, context: StepContext): LoadedRole[] {
  const written = own(role.meta, 'dependencies') ?? null
  if (written === null) return []
  if (!Array.isArray(written)) {
    const location = locate(role.meta, 'dependencies') ?? block.location
    context.loading.error(`'dependencies' must be a list of roles, not ${describe(written)}`, location)
    return []
  }
  return written.map((entry, index) => loadRoleEntry(entry, written, index, { ...context, parent: block }))
}

function tasksOf(request: RoleRequest, role: RoleFiles, context: StepContext): Step[] {
  const path = findRoleFile(
    role.directory,
    'tasks',
    request.tasksFrom ?? 'main',
    request.tasksFrom !== undefined,
  )
  if (path !== undefined) return loadTasksInto(path, request.location, context)
  if (request.tasksFrom !== undefined) {
    missingRoleFile(context.loading, role.directory, 'tasks', request.tasksFrom, request.location)
  }
  return []
}

/** The role's handlers under a block of their own, so that they inherit what the role's use says. */
function handlersOf(request: RoleRequest, use: RoleUse, context: StepContext): Step[] {
  const { directory } = use.role
  const given = request.handlersFrom
  const path = findRoleFile(directory, 'handlers', given ?? 'main', given !== undefined)
  if (path === undefined) {
    if (given !== undefined) missingRoleFile(context.loading, directory, 'handlers', given, request.location)
    return []
  }
  const node = {
    location: request.location,
    keywords: request.keywords,
    locate: (keyword: string) => request.node.locate(keyword),
  }
  const block = emptyBlock(node, request.parent, use)
  block.block.push(...loadTasksInto(path, request.location, { ...context, parent: block, handler: true }))
  return block.block.length > 0 ? [block] : []
}

function useKey(
  role: RoleFiles,
  { params, keywords, tasksFrom, varsFrom, defaultsFrom, handlersFrom }: RoleRequest,
): string {
  const { when, tags, vars } = keywords
  return JSON.stringify([
    role.directory,
    params,
    when,
    tags,
    vars,
    tasksFrom,
    varsFrom,
    defaultsFrom,
    handlersFrom,
  ])
}

function isTrue(value: Value | undefined): boolean {
  return value === true || (typeof value === 'string' && /^(?:yes|true|on|1)$/i.test(value))
}
