import { posix } from 'node:path'
import { absentEffects, fileEffects, presentPath } from '../host/files.ts'
import { type AnyEffect, effect, sameFile } from '../host/state.ts'
import { content as contentKind } from '../resources/content.ts'
import { digest as digestKind } from '../resources/digest.ts'
import { path as pathKind, type PresentPath } from '../resources/path.ts'
import { moment } from '../resources/moment.ts'
import { joinScripts, type Script, sh } from '../transport/shell.ts'
import { Unknown } from '../variables/unknown.ts'
import { args, bool, choice, optional, path, raw, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { change, failed, type Outcome, unchanged } from './outcome.ts'
import {
  attributeArguments,
  attributeChanges,
  attributeScript,
  newAttributeLines,
  newAttributes,
  toldAttributes,
  type WantedAttributes,
  wantedAttributes,
  withAttributes,
} from './support/attributes.ts'
import { hostPath } from './support/host-path.ts'
import { makeDirectory } from './support/make-directory.ts'
import { sequence } from './support/sequence.ts'
import { unlessUnknown } from './support/unless-unknown.ts'
import { setTreeAttributes } from './support/tree-attributes.ts'
import { cannotChange, cannotGive, cannotWriteIn } from './support/write-access.ts'

export default defineModule({
  name: 'file',
  summary: 'Makes and removes files, directories and links, and sets their attributes.',
  // A link's target too: hard links share attributes.
  touches: ['path', 'src'],
  args: args({
    path: path('Absolute path on the host.', { aliases: ['dest', 'name'] }),
    state: optional(
      choice(['absent', 'directory', 'file', 'hard', 'link', 'touch'], 'What is to stand there.'),
    ),
    src: optional(path('What a link points to.')),
    ...attributeArguments,
    recurse: bool('Set the attributes of everything in the directory too.', { default: false }),
    force: bool('Make a link though its target is missing, or a file is in its place.', { default: false }),
    follow: bool('Follow a link at the path.', { default: true }),
    _diff_peek: optional(raw('Accepted; Ansible’s own use.')),
    access_time: optional(text('`preserve`, `now` or a time; for `touch`.')),
    modification_time: optional(text('`preserve`, `now` or a time; for `touch`.')),
    access_time_format: text('Accepted as it is by default.', { default: '%Y%m%d%H%M.%S' }),
    modification_time_format: text('Accepted as it is by default.', { default: '%Y%m%d%H%M.%S' }),
  }),
  plan: (given, planning) => {
    if (given.path.trim() === '') return failed('path must not be empty')
    const at = hostPath(given.path, planning)
    const state = given.state ?? usualState(at, given.recurse, planning)
    const wrong = misused(given, state)
    if (wrong !== undefined) return failed(wrong, { path: at })
    switch (state) {
      case 'absent':
        return remove(at, planning)
      case 'directory':
        return withTimes(at, given, planning, (inside) =>
          given.recurse ? setTreeAttributes(at, given, inside) : makeDirectory(at, given, inside),
        )
      case 'link':
        return makeLink(at, given, planning)
      case 'hard':
        return makeHardLink(at, given, planning)
      case 'touch':
        return touch(at, given, planning)
      default:
        return withTimes(at, given, planning, (inside) => setAttributes(at, given, inside))
    }
  },
})

interface Given extends WantedAttributes {
  readonly state?: string
  readonly src?: string
  readonly force: boolean
  readonly follow: boolean
  readonly access_time?: string
  readonly modification_time?: string
  readonly access_time_format: string
  readonly modification_time_format: string
}

/** What stands there already, else a file. */
function usualState(at: string, recurse: boolean, { files }: Planning): string {
  const { type } = files.lstat(at).status
  if (type === 'absent') return recurse ? 'directory' : 'file'
  return type === 'directory' || type === 'link' ? type : 'file'
}

function misused(given: Given & { recurse: boolean }, state: string): string | undefined {
  if (given.recurse && state !== 'directory') return "recurse option requires state to be 'directory'"
  if (given.src !== undefined && state !== 'link' && state !== 'hard')
    return "src option requires state to be 'link' or 'hard'"
  const format = '%Y%m%d%H%M.%S'
  if (given.access_time_format !== format || given.modification_time_format !== format)
    return `times are written as ${format}: no other format is supported`
  return undefined
}

function remove(at: string, planning: Planning): Outcome {
  const { files } = planning
  const { path: real, status } = files.lstat(at)
  if (status.type === 'absent') return unchanged({ path: at, state: 'absent' })
  if (real === '/') return failed('refusing to remove the root directory', { path: at, state: 'directory' })
  const refused = cannotWriteIn(files.container(posix.dirname(real)), at, planning)
  if (refused !== undefined) return failed(refused, { path: at })
  return change({
    diff: [{ path: at, attributes: [{ name: 'state', before: status.type, after: 'absent' }] }],
    script: sh`rm -rf -- ${real}`,
    after: absentEffects(real),
    result: { path: at, state: 'absent' },
  })
}

function setAttributes(
  at: string,
  given: WantedAttributes & { state?: string; follow: boolean },
  planning: Planning,
): Outcome {
  const { path: real, status } = given.follow ? planning.files.stat(at) : planning.files.lstat(at)
  if (status.type === 'absent' || status.type === 'denied') {
    return failed(`file (${at}) is absent, cannot continue`, { path: at, state: 'absent' })
  }
  if (given.state === 'file' && status.type === 'directory')
    return failed(`file (${at}) is directory, cannot continue`, { path: at, state: 'directory' })
  const after = wantedAttributes(status, given, planning)
  const lines = attributeChanges(status, after)
  const result = {
    path: at,
    state: status.type,
    ...toldAttributes(after, status, planning),
  }
  if (lines.length === 0) return unchanged(result)
  const refused = cannotChange(status, lines, after, at, planning)
  if (refused !== undefined) return failed(refused, result)
  return change({
    diff: [{ path: at, attributes: lines }],
    script: attributeScript(real, status, after),
    after: [effect(pathKind, real, withAttributes(status, after))],
    result,
  })
}

// Attributes are those of what the link leads to, unless it is not to be followed.
function makeLink(at: string, given: Given, planning: Planning): Outcome {
  const { mode, owner, group, follow } = given
  if ([mode, owner, group].every((each) => each === undefined)) return setLink(at, given, planning)
  return sequence(
    planning,
    [
      (inside) => setLink(at, given, inside),
      (inside) => {
        if (!follow) return setAttributes(at, { owner, group, follow }, inside)
        const dangling = inside.files.stat(at).status.type === 'absent'
        return dangling ? unchanged() : setAttributes(at, { mode, owner, group, follow }, inside)
      },
    ],
    ([link]) => link!,
  )
}

function setLink(at: string, given: Given, planning: Planning): Outcome {
  const { path: real, status } = planning.files.lstat(at)
  const target = given.src ?? (status.type === 'link' ? status.target : undefined)
  if (target === undefined) return failed('src is required for creating new symlinks')
  const result = { dest: at, src: target, state: 'link' }
  if (status.type === 'link' && status.target === target) return unchanged(result)
  if (posix.resolve(posix.dirname(real), target) === real) return failed(`a link to itself: ${at}`, result)
  const absolute = posix.resolve(posix.dirname(at), target)
  if (!given.force && planning.files.stat(absolute).status.type === 'absent') {
    return failed(
      `src file does not exist, use "force=yes" if you really want to create the link: ${absolute}`,
      result,
    )
  }
  if (status.type === 'directory') {
    if (!given.force) return failed(`refusing to convert from directory to symlink for ${at}`, result)
    if ((planning.files.list(real) ?? []).length > 0)
      return failed(`the directory ${at} is not empty, refusing to convert it`, result)
  } else if (status.type !== 'absent' && status.type !== 'link' && !given.force) {
    return failed(`refusing to convert from ${status.type} to symlink for ${at}`, result)
  }
  const parent = planning.files.container(posix.dirname(real))
  if (parent.status.type !== 'directory') return failed(`${posix.dirname(at)} is not a directory`, result)
  const refused = cannotWriteIn(parent, at, planning)
  if (refused !== undefined) return failed(refused, result)
  const { owner, group } = newAttributes('file', parent.status, {}, planning)
  const beside = posix.join(posix.dirname(real), `.${posix.basename(real).slice(0, 200)}.XXXXXXXX`)
  return change({
    diff: [
      {
        path: at,
        attributes: [
          {
            name: 'link to',
            before: status.type === 'link' ? status.target! : status.type === 'absent' ? null : status.type,
            after: target,
          },
        ],
      },
    ],
    // Renamed into place: there is no moment at which the link is missing.
    script: joinScripts([
      sh`set -e`,
      ...(status.type === 'directory' ? [sh`rmdir -- ${real}`] : []),
      // A name that nobody can foresee, and a link that takes nobody's place.
      sh`beside=$(mktemp -u -- ${beside})`,
      sh`ln -snT -- ${target} "$beside"`,
      sh`mv -fT -- "$beside" ${real} || { rm -f -- "$beside"; exit 1; }`,
    ]),
    after: [effect(pathKind, real, presentPath({ type: 'link', mode: 0o777, owner, group, target }))],
    result,
  })
}

function makeHardLink(at: string, given: Given, planning: Planning): Outcome {
  if (given.src === undefined) return failed('src is required for creating new hardlinks')
  const source = planning.files.stat(hostPath(given.src, planning))
  if (source.status.type !== 'file') return failed(`src file does not exist: ${given.src}`)
  const { path: real, status } = planning.files.lstat(at)
  const result = { dest: at, src: given.src, state: 'hard' }
  if (status.type === 'file' && sameFile(status, source.status)) return unchanged(result)
  if (status.type !== 'absent' && !given.force)
    return failed(`Cannot link, different hard link exists at destination: ${at}`, result)
  if (status.type === 'directory')
    return failed(`refusing to convert from directory to hard link for ${at}`, result)
  const parent = planning.files.container(posix.dirname(real))
  if (parent.status.type !== 'directory') return failed(`${posix.dirname(at)} is not a directory`, result)
  const refused = cannotWriteIn(parent, at, planning)
  if (refused !== undefined) return failed(refused, result)
  const later = new Unknown({ what: 'the link' })
  const twin = { ...source.status, links: later, ctime: later }
  return change({
    diff: [
      {
        path: at,
        attributes: [
          { name: 'hard link to', before: status.type === 'absent' ? null : status.type, after: given.src },
        ],
      },
    ],
    script: sh`ln -fT -- ${source.path} ${real}`,
    after: [
      effect(pathKind, source.path, twin),
      effect(pathKind, real, twin),
      ...sameContent(source.path, real, planning),
    ],
    result,
  })
}

function sameContent(from: string, to: string, { files }: Planning): AnyEffect[] {
  return [
    effect(
      digestKind,
      to,
      unlessUnknown(() => files.digest(from)),
    ),
    effect(
      contentKind,
      to,
      unlessUnknown(() => files.read(from)),
    ),
  ]
}

function touch(at: string, given: Given, planning: Planning): Outcome {
  const { path: real, status } = planning.files.stat(at)
  if (status.type === 'absent') {
    const parent = planning.files.container(posix.dirname(real))
    if (parent.status.type !== 'directory')
      return failed(`Error, could not touch target: ${posix.dirname(at)} is not a directory`)
    const after = newAttributes('file', parent.status, given, planning)
    const refused = cannotWriteIn(parent, at, planning) ?? cannotGive(after, at, planning)
    if (refused !== undefined) return failed(refused)
    const times = [given.access_time, given.modification_time].map((time) =>
      time === 'preserve' ? 'now' : (time ?? 'now'),
    )
    const moments = momentsOf(times, planning)
    if (!(moments instanceof Map)) return failed(moments, { path: at })
    return change({
      diff: [
        {
          path: at,
          before: null,
          after: '',
          attributes: [...newAttributeLines(after), ...timeLines(undefined, times)],
        },
      ],
      script: joinScripts([
        sh`: >> ${real} || exit`,
        attributeScript(real, undefined, after),
        ...(times.every((time) => time === 'now') ? [] : [timesScript(real, times)]),
      ]),
      after: fileEffects(real, Buffer.alloc(0), after),
      result: { dest: at, state: 'file', size: 0, ...toldAttributes(after, undefined, planning) },
    })
  }
  const times = [given.access_time ?? 'now', given.modification_time ?? 'now']
  return sequence(planning, [
    (inside) => setAttributes(at, given, inside),
    (inside) => newTimes(at, real, inside.files.stat(at).status as PresentPath, times, inside),
  ])
}

/** Times that are asked for besides. */
function withTimes(
  at: string,
  { access_time, modification_time }: Given,
  planning: Planning,
  plan: (planning: Planning) => Outcome,
): Outcome {
  if (access_time === undefined && modification_time === undefined) return plan(planning)
  const times = [access_time ?? 'preserve', modification_time ?? 'preserve']
  return sequence(
    planning,
    [
      plan,
      (inside) => {
        const { path: real, status } = inside.files.stat(at)
        return newTimes(at, real, status as PresentPath, times, inside)
      },
    ],
    ([placed]) => placed!,
  )
}

/** Times as the author gives them, the access first: `now`, `preserve`, or a time. */
function newTimes(
  at: string,
  real: string,
  status: PresentPath,
  times: readonly string[],
  planning: Planning,
): Outcome {
  const moments = momentsOf(times, planning)
  if (!(moments instanceof Map)) return failed(moments, { path: at })
  const current = [status.atime, status.mtime]
  const left = times.map((time, index) => (moments.get(time) === current[index] ? 'preserve' : time))
  const result = { dest: at, state: status.type }
  if (left.every((time) => time === 'preserve')) return unchanged(result)
  const later = new Unknown({ what: 'the time of the change' })
  const after = (index: number) => {
    const time = left[index]!
    return time === 'preserve' ? current[index]! : (moments.get(time) ?? later)
  }
  return change({
    diff: [{ path: at, attributes: timeLines(current, left) }],
    script: timesScript(real, left),
    after: [effect(pathKind, real, { ...status, atime: after(0), mtime: after(1), ctime: later })],
    result,
  })
}

/** The seconds that the given times mean, or what is wrong with one. */
function momentsOf(times: readonly string[], { state }: Planning): Map<string, number> | string {
  const given = times.filter((time) => time !== 'now' && time !== 'preserve')
  const moments = new Map<string, number>()
  for (const time of given) {
    const seconds = state.read(moment, touchTime(time))
    if (seconds === null) return `'${time}' is no time: write it as %Y%m%d%H%M.%S`
    moments.set(time, seconds)
  }
  return moments
}

function timeLines(current: readonly PresentPath['mtime'][] | undefined, times: readonly string[]) {
  return times.flatMap((time, index) => {
    // Of a file that is made, only a time of its own is worth a line.
    if (time === 'preserve' || (current === undefined && time === 'now')) return []
    const before = current?.[index]
    return {
      name: index === 0 ? 'access time' : 'modification time',
      // Of a file that the run has made nobody knows it beforehand; who wants `now` does not ask.
      before:
        time !== 'now' && typeof before === 'number'
          ? `${new Date(before * 1000).toISOString().slice(0, 19)}Z`
          : null,
      after: time === 'now' ? time : touchTime(time),
    }
  })
}

function timesScript(real: string, [access, modification]: readonly string[]): Script {
  // Who does not own a file may set both times to now, where they may write, but not one of them.
  if (access === 'now' && modification === 'now') return sh`touch -c -- ${real} || exit`
  const set = (flag: string, time: string | undefined) =>
    time === 'preserve' || time === undefined
      ? []
      : [
          time === 'now'
            ? sh`touch ${flag} -c -- ${real} || exit`
            : sh`touch ${flag} -c -d ${touchTime(time)} -- ${real} || exit`,
        ]
  return joinScripts([...set('-a', access), ...set('-m', modification)])
}

/** Ansible writes times as `%Y%m%d%H%M.%S`. */
function touchTime(time: string): string {
  return time.replace(
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)\.(\d\d?)$/,
    (_, year: string, month: string, day: string, hour: string, minute: string, second: string) =>
      `${year}-${month}-${day} ${hour}:${minute}:${second.padStart(2, '0')}`,
  )
}
