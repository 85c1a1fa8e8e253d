import { posix } from 'node:path'
import { effect } from '../../host/state.ts'
import { presentPath } from '../../host/files.ts'
import { path as pathKind } from '../../resources/path.ts'
import { sh } from '../../transport/shell.ts'
import type { Planning } from '../module.ts'
import { change, failed, type Outcome, unchanged } from '../outcome.ts'
import { newAttributes, type WantedAttributes } from './attributes.ts'
import { makeDirectory } from './make-directory.ts'
import { placeHostFile } from './place-host-file.ts'
import { prefetch } from './prefetch.ts'
import { sequence } from './sequence.ts'
import { walk, type Walked } from './walk.ts'

export interface HostTreeOptions extends WantedAttributes {
  readonly directory_mode?: string | number
  readonly force: boolean
  /** Copy what links lead to, not the links. */
  readonly local_follow: boolean
}

/** Plans a copy of a directory of the host, with everything in it. Permissions are the source's where none are given. */
export function copyHostTree(
  source: string,
  dest: string,
  options: HostTreeOptions,
  planning: Planning,
): Outcome {
  if (dest === source || dest.startsWith(`${source}/`))
    return failed(`${source} cannot be copied into itself`)
  const entries = walk(source, { recurse: true, follow: options.local_follow }, planning)
  const target = (path: string) => posix.join(dest, path.slice(source.length))
  prefetch(
    entries.flatMap(({ path, status }) => (status.type === 'file' ? [path, target(path)] : [target(path)])),
    planning,
  )
  return sequence(
    planning,
    [
      (inside) => putDirectory(dest, source, options, inside),
      ...entries.map((entry) => (inside: Planning) => put(entry, target(entry.path), options, inside)),
    ],
    () => ({ src: source, dest }),
  )
}

function put({ path, status }: Walked, dest: string, options: HostTreeOptions, planning: Planning): Outcome {
  const { files } = planning
  if (status.type === 'link' && !options.local_follow) return putLink(status.target!, dest, planning)
  const at = files.stat(path)
  if (at.status.type === 'directory') return putDirectory(dest, at.path, options, planning)
  if (at.status.type === 'absent') return failed(`${path} leads nowhere`)
  if (at.status.type !== 'file') return failed(`${path} is a ${at.status.type}, which cannot be copied`)
  if (!options.force && files.stat(dest).status.type !== 'absent') return unchanged()
  const { owner, group } = options
  const mode = options.mode === undefined || options.mode === 'preserve' ? at.status.mode : options.mode
  return placeHostFile({ path: dest, attributes: { owner, group, mode }, follow: false }, at.path, planning)
}

// One that is there keeps its permissions.
function putDirectory(
  dest: string,
  source: string,
  { owner, group, directory_mode }: HostTreeOptions,
  planning: Planning,
): Outcome {
  const { files } = planning
  const there = files.stat(dest).status.type === 'directory'
  const { status } = files.stat(source)
  const mode = directory_mode ?? (there || status.type !== 'directory' ? undefined : status.mode)
  return makeDirectory(dest, { owner, group, mode }, planning)
}

/** Plans that a link with this target stands at a path. */
export function putLink(target: string, dest: string, planning: Planning): Outcome {
  const { path: real, status } = planning.files.lstat(dest)
  if (status.type === 'link' && status.target === target) return unchanged()
  if (status.type === 'directory') return failed(`${dest} is a directory; a link cannot take its place`)
  const parent = planning.files.container(posix.dirname(real)).status
  const { owner, group } = newAttributes(
    'file',
    parent.type === 'directory' ? parent : undefined,
    {},
    planning,
  )
  const before = status.type === 'link' ? status.target! : status.type === 'absent' ? null : status.type
  return change({
    diff: [{ path: dest, attributes: [{ name: 'link to', before, after: target }] }],
    script: sh`ln -sfnT -- ${target} ${real}`,
    after: [effect(pathKind, real, presentPath({ type: 'link', mode: 0o777, owner, group, target }))],
    result: {},
  })
}
