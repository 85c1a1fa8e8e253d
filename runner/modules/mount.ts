import { posix } from 'node:path'
import { absentEffects, presentPath } from '../host/files.ts'
import { type AnyEffect, effect } from '../host/state.ts'
import { mount as mountKind, type Mount } from '../resources/mount.ts'
import { path as pathKind } from '../resources/path.ts'
import { sh } from '../transport/shell.ts'
import { Unknown } from '../variables/unknown.ts'
import { args, bool, choice, optional, path, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { change, failed, type Outcome, unchanged } from './outcome.ts'
import { findEntry, type FstabEntry, withEntry, withoutEntry } from './support/fstab.ts'
import { hostPath } from './support/host-path.ts'
import { makeDirectory } from './support/make-directory.ts'
import { placeFile } from './support/place-file.ts'
import { sequence } from './support/sequence.ts'

const STATES = [
  'absent',
  'absent_from_fstab',
  'mounted',
  'present',
  'unmounted',
  'remounted',
  'ephemeral',
] as const

export default defineModule({
  name: 'mount',
  summary: 'Mounts file systems, and keeps /etc/fstab.',
  args: args({
    path: path('The mount point; `none` for swap.', { aliases: ['name'] }),
    src: optional(path('What is mounted: a device, host:/directory, LABEL=…')),
    fstype: optional(text('The type of file system.')),
    opts: optional(text('Options. @default defaults')),
    opts_no_log: bool('Accepted; options that are secret are masked.', { default: false }),
    dump: text('The fifth field of fstab.', { default: '0' }),
    passno: text('The sixth field of fstab.', { default: '0' }),
    state: choice(STATES, 'mounted: now and at boot; present: in fstab only; ephemeral: now only.'),
    fstab: path('The file.', { default: '/etc/fstab' }),
    boot: bool('Mount it at boot; otherwise the option noauto is added.', { default: true }),
    backup: bool('Keep the old fstab beside the new one.', { default: false }),
  }),
  plan: (given, planning) => {
    const { state } = given
    const isSwap = given.fstype === 'swap' || given.path === 'none'
    const place = given.path === 'none' || given.path === 'swap' ? given.path : hostPath(given.path, planning)
    const fstab = hostPath(given.fstab, planning)
    const before = planning.files.read(fstab)?.toString('utf8') ?? ''
    const known = findEntry(before, place)
    if (['mounted', 'present', 'ephemeral'].includes(state)) {
      for (const name of ['src', 'fstype'] as const)
        if (given[name] === undefined)
          return failed(`state is ${state} but all of the following are missing: ${name}`)
    }
    const opts = given.opts ?? 'defaults'
    const entry: FstabEntry = {
      src: given.src ?? known?.src ?? '',
      path: place,
      fstype: given.fstype ?? known?.fstype ?? '',
      opts: given.boot || opts.split(',').includes('noauto') ? opts : `${opts},noauto`,
      dump: given.dump,
      passno: given.passno,
    }
    const result = { name: place, ...entry, fstab, backup_file: '' }
    const write = (content: string) => (inside: Planning) =>
      content === before
        ? unchanged()
        : placeFile(
            { path: fstab, bytes: Buffer.from(content), attributes: {}, follow: true, backup: given.backup },
            inside,
          )
    const steps: Record<(typeof STATES)[number], ((inside: Planning) => Outcome)[]> = {
      present: [write(withEntry(before, entry))],
      mounted: [
        write(withEntry(before, entry)),
        ...(isSwap
          ? []
          : [(inside: Planning) => mountIt(entry, withEntry(before, entry) !== before, true, inside)]),
      ],
      ephemeral: [(inside) => mountIt(entry, false, false, inside)],
      unmounted: [(inside) => unmount(place, inside)],
      absent: [
        write(withoutEntry(before, entry)),
        ...(isSwap
          ? []
          : [
              (inside: Planning) => unmount(place, inside),
              (inside: Planning) => removeDirectory(place, inside),
            ]),
      ],
      absent_from_fstab: [write(withoutEntry(before, entry))],
      remounted: [(inside) => remount(place, given.opts, inside)],
    }
    return sequence(planning, steps[state], () => result)
  },
})

function mountIt(entry: FstabEntry, changed: boolean, inFstab: boolean, planning: Planning): Outcome {
  const { path: place } = entry
  const mounted = planning.state.read(mountKind, place)
  if (mounted) return changed ? remount(place, undefined, planning) : unchanged()
  return sequence(planning, [
    (inside) => (inside.files.exists(place) ? unchanged() : makeDirectory(place, {}, inside)),
    () =>
      change({
        diff: [
          {
            path: place,
            attributes: [{ name: 'mounted', before: null, after: `${entry.src} (${entry.fstype})` }],
          },
        ],
        script: inFstab
          ? sh`mount -- ${place}`
          : sh`mount -t ${entry.fstype} -o ${entry.opts} -- ${entry.src} ${place}`,
        after: mountedEffects(entry),
        sideEffects: true,
        result: {},
      }),
  ])
}

function mountedEffects(entry: FstabEntry): AnyEffect[] {
  const now: Mount = { source: entry.src, fstype: entry.fstype, options: entry.opts }
  return [effect(mountKind, entry.path, now), effect(pathKind, entry.path, newRoot(entry))]
}

// Nothing is in a new tmpfs; what is in any other file system is seen when it is mounted.
function newRoot({ src, fstype, opts, path: place }: FstabEntry) {
  if (fstype !== 'tmpfs') return new Unknown({ what: `mounting ${src} at ${place}` })
  const mode = /(?:^|,)mode=([0-7]+)/.exec(opts)?.[1]
  if (/(?:^|,)[ug]id=/.test(opts)) return new Unknown({ what: `mounting ${src} at ${place}` })
  return presentPath({
    type: 'directory',
    fresh: true,
    mode: mode === undefined ? 0o1777 : Number.parseInt(mode, 8),
    owner: 'root',
    group: 'root',
  })
}

function remount(place: string, opts: string | undefined, planning: Planning): Outcome {
  const mounted = planning.state.read(mountKind, place)
  if (!mounted) return failed(`${place} is not mounted, so it cannot be mounted anew`)
  const options = ['remount', ...(opts === undefined ? [] : [opts])].join(',')
  return change({
    diff: [{ path: place, attributes: [{ name: 'remount', before: null, after: 'done' }] }],
    script: sh`mount -o ${options} -- ${place} || { umount -- ${place} && mount -- ${place}; }`,
    after: [effect(mountKind, place, mounted)],
    sideEffects: true,
    result: {},
  })
}

function unmount(place: string, planning: Planning): Outcome {
  const mounted = planning.state.read(mountKind, place)
  if (!mounted) return unchanged()
  return change({
    diff: [{ path: place, attributes: [{ name: 'mounted', before: mounted.source, after: null }] }],
    script: sh`umount -- ${place}`,
    after: [
      effect(mountKind, place, null),
      effect(pathKind, place, new Unknown({ what: `unmounting ${place}, which hides what is below` })),
    ],
    sideEffects: true,
    result: {},
  })
}

function removeDirectory(place: string, planning: Planning): Outcome {
  const predicted = planning.state.predicted(pathKind, place)
  // Hidden by the mount until now: removed when it is empty, as it mostly is.
  if (predicted instanceof Unknown) {
    return change({
      diff: [{ path: place, attributes: [{ name: 'state', before: 'directory', after: 'absent' }] }],
      script: sh`rmdir -- ${place}`,
      after: absentEffects(place),
      result: {},
    })
  }
  const { path: real, status } = planning.files.lstat(place)
  if (status.type === 'absent') return unchanged()
  if (status.type !== 'directory') return failed(`${place} is no directory`)
  if ((planning.files.list(real) ?? []).length > 0)
    return failed(`Error rmdir ${place}: ${posix.basename(place)} is not empty`)
  return change({
    diff: [{ path: place, attributes: [{ name: 'state', before: 'directory', after: 'absent' }] }],
    script: sh`rmdir -- ${real}`,
    after: absentEffects(real),
    result: {},
  })
}
