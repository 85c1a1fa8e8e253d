import { posix } from 'node:path'
import { fileEffects, presentPath } from '../../../host/files.ts'
import { type AnyEffect, effect } from '../../../host/state.ts'
import { path as pathKind } from '../../../resources/path.ts'
import type { Planning } from '../../module.ts'
import type { Attributes } from '../attributes.ts'

/** What stands at a home that `useradd -m` makes: the directory, those above it, and copies of the skeleton. */
export function newHomeEffects(
  home: string,
  owner: Attributes,
  skeleton: string,
  planning: Planning,
): AnyEffect[] {
  const { files } = planning
  const { path: real, status } = files.stat(home)
  if (status.type !== 'absent') return []
  const above: AnyEffect[] = []
  for (let at = posix.dirname(real); files.stat(at).status.type === 'absent'; at = posix.dirname(at)) {
    above.unshift(directory(at, { mode: 0o755, owner: 'root', group: 'root' }))
  }
  return [...above, directory(real, owner), ...copies(skeleton, real, owner, planning)]
}

function directory(path: string, attributes: Attributes): AnyEffect {
  return effect(pathKind, path, presentPath({ type: 'directory', fresh: true, ...attributes }))
}

function copies(from: string, to: string, { owner, group }: Attributes, planning: Planning): AnyEffect[] {
  return (planning.files.list(from) ?? []).flatMap((name): AnyEffect[] => {
    const source = posix.join(from, name)
    const target = posix.join(to, name)
    const { status } = planning.files.lstat(source)
    if (status.type === 'directory') {
      const attributes = { mode: status.mode, owner, group }
      return [directory(target, attributes), ...copies(source, target, attributes, planning)]
    }
    if (status.type === 'file') {
      const bytes = planning.files.read(source) ?? Buffer.alloc(0)
      return fileEffects(target, bytes, { mode: status.mode, owner, group })
    }
    if (status.type === 'link')
      return [
        effect(
          pathKind,
          target,
          presentPath({ type: 'link', mode: 0o777, owner, group, target: status.target! }),
        ),
      ]
    return []
  })
}
