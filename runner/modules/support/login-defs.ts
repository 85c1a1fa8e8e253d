import { posix } from 'node:path'
import { fileEffects, presentPath } from '../../host/files.ts'
import { type AnyEffect, effect } from '../../host/state.ts'
import { path as pathKind } from '../../resources/path.ts'
import type { Planning } from '../module.ts'

export interface NewHome {
  readonly mode: number
  readonly skeleton: readonly {
    readonly name: string
    readonly effects: (path: string, owner: string, group: string) => AnyEffect[]
  }[]
}

/** What a home directory that `useradd` makes will be: its mode by /etc/login.defs, its content by /etc/skel. */
export function newHome(umask: string | undefined, planning: Planning): NewHome {
  const { files } = planning
  const settings = files.read('/etc/login.defs')?.toString('utf8') ?? ''
  const setting = (name: string) => new RegExp(`^\\s*${name}\\s+(\\S+)`, 'm').exec(settings)?.[1]
  const homeMode = setting('HOME_MODE')
  const mask = Number.parseInt(umask ?? setting('UMASK') ?? '022', 8)
  return {
    mode: umask === undefined && homeMode !== undefined ? Number.parseInt(homeMode, 8) : 0o777 & ~mask,
    skeleton: (files.list('/etc/skel') ?? []).map((name) => {
      const source = files.lstat(posix.join('/etc/skel', name)).status
      const bytes = source.type === 'file' ? files.read(posix.join('/etc/skel', name)) : null
      return {
        name,
        effects: (path, owner, group) => {
          if (source.type === 'absent' || source.type === 'denied') return []
          if (bytes) return fileEffects(path, bytes, { mode: source.mode, owner, group })
          return [
            effect(
              pathKind,
              path,
              presentPath({ type: source.type, mode: source.mode, owner, group, target: source.target }),
            ),
          ]
        },
      }
    }),
  }
}
