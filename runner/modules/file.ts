import { posix } from 'node:path'
import { absentEffects, fileEffects, presentPath } from '../host/files.ts'
import { type AnyEffect, effect } from '../host/state.ts'
import { content as contentKind } from '../resources/content.ts'
import { digest as digestKind } from '../resources/digest.ts'
import { formatMode, path as pathKind, type PresentPath } from '../resources/path.ts'
import { joinScripts, sh } from '../transport/shell.ts'
import { Unknown } from '../variables/unknown.ts'
import { args, bool, choice, optional, path, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { change, failed, type Outcome, unchanged } from './outcome.ts'
import {
  attributeArguments,
  attributeChanges,
  attributeScript,
  newAttributeLines,
  newAttributes,
  type WantedAttributes,
  wantedAttributes,
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
    access_time: optional(text('`preserve`, `now` or a time; for `touch`.')),
    modification_time: optional(text('`preserve`, `now` or a time; for `touch`.')),
    access_time_format: text('Accepted as it is by default.', { default: '%Y%m%d%H%M.%S' }),
    modification_time_format: text('Accepted as it is by default.', { default: '%Y%m%d%H%M.%S' }),
  }),
  plan: (given, planning) => {
    const at = hostPath(given.path, planning)
    const state = given.state ?? usualState(at, given.recurse, planning)
    const wrong = misused(given, state)
    if (wrong !== undefined) return failed(wrong, { path: at })
    switch (state) {
      case 'absent':
        return remove(at, planning)
      case 'directory':
        return given.recurse ? setTreeAttributes(at, given, planning) : makeDirectory(at, given, planning)
      case 'link':
        return makeLink(at, given, planning)
      case 'hard':
        return makeHardLink(at, given, planning)
      case 'touch':
        return touch(at, given, planning)
      default:
        return setAttributes(at, given, planning)
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
    mode: formatMode(after.mode),
    owner: after.owner,
    group: after.group,
  }
  if (lines.length === 0) return unchanged(result)
  const refused = cannotChange(status, lines, after, at, planning)
  if (refused !== undefined) return failed(refused, result)
  return change({
    diff: [{ path: at, attributes: lines }],
    script: attributeScript(real, status, after),
    after: [effect(pathKind, real, { ...status, ...after })],
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
  const beside = posix.join(posix.dirname(real), `.${posix.basename(real)}.link`)
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
      sh`ln -sfnT -- ${target} ${beside}`,
      sh`mv -fT -- ${beside} ${real}`,
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
  if (status.type === 'file' && status.inode === source.status.inode) return unchanged(result)
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
    return change({
      diff: [{ path: at, before: null, after: '', attributes: newAttributeLines(after) }],
      script: joinScripts([sh`: >> ${real} || exit`, attributeScript(real, undefined, after)]),
      after: fileEffects(real, Buffer.alloc(0), after),
      result: {
        dest: at,
        state: 'file',
        mode: formatMode(after.mode),
        owner: after.owner,
        group: after.group,
      },
    })
  }
  const times = [given.access_time ?? 'now', given.modification_time ?? 'now']
  return sequence(planning, [
    (inside) => setAttributes(at, given, inside),
    (inside) =>
      times.every((time) => time === 'preserve')
        ? unchanged()
        : newTimes(at, real, inside.files.stat(at).status as PresentPath, times),
  ])
}

function newTimes(at: string, real: string, status: PresentPath, [access, modification]: string[]): Outcome {
  const set = (flag: string, time: string | undefined) =>
    time === 'preserve'
      ? sh``
      : time === 'now'
        ? sh`touch ${flag} -c -- ${real}`
        : sh`touch ${flag} -c -d ${touchTime(time!)} -- ${real}`
  const later = new Unknown({ what: 'the time of the change' })
  return change({
    diff: [{ path: at, attributes: [{ name: 'times', before: null, after: 'now' }] }],
    script: joinScripts([set('-a', access), set('-m', modification)]),
    after: [effect(pathKind, real, { ...status, atime: later, ctime: later, mtime: later })],
    result: { dest: at, state: status.type },
  })
}

/** Ansible writes times as `%Y%m%d%H%M.%S`. */
function touchTime(time: string): string {
  return time.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)\.(\d\d)$/, '$1-$2-$3 $4:$5:$6')
}
