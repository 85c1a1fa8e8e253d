import { posix } from 'node:path'
import { formatMode, type PathStatus, type PresentPath } from '../../resources/path.ts'
import { Unknown } from '../../variables/unknown.ts'
import { patternToRegExp } from '../sh/pattern.ts'
import type { Call, Program } from '../sh/shell.ts'
import { type Status, type Text, truth } from '../sh/text.ts'
import { beyond, type Options, takeOptions } from './arguments.ts'

/** Programs that make, change and remove files. */
export const filePrograms: Readonly<Record<string, Program>> = {
  mkdir: over(['m', '--mode'], ({ flags, values, rest }, call) => {
    const mode = values.get('m') ?? values.get('--mode')
    const parents = flags.has('p') || flags.has('--parents')
    return all(rest, (path) => truth(call.machine.makeDirectory(call.shell.resolve(path), { mode, parents })))
  }),
  rmdir: over([], ({ flags, rest }, call) =>
    all(rest, (path) => {
      const names = call.machine.list(call.shell.resolve(path))
      if (names instanceof Unknown) return beyond(call)
      if (names === null || names.length > 0) return flags.has('--ignore-fail-on-non-empty') ? 0 : 1
      call.machine.remove(call.shell.resolve(path))
      return 0
    }),
  ),
  rm: over([], ({ flags, rest }, call) =>
    all(rest, (path) => {
      const real = call.shell.resolve(path)
      const status = call.machine.lstat(real)
      if (status instanceof Unknown) call.machine.unknown(real, status)
      else if (status.type === 'absent') return flags.has('f') ? 0 : 1
      call.machine.remove(real)
      return 0
    }),
  ),
  ln: over(['t', 'S'], ({ flags, rest }, call) => {
    if (!flags.has('s') && !flags.has('--symbolic')) return hardLink(rest, call)
    const force = flags.has('f') || flags.has('--force')
    const targets = rest.length > 1 ? rest.slice(0, -1) : rest
    const written = rest.length > 1 ? rest.at(-1)! : posix.basename(rest[0] ?? '')
    return all(targets, (target) => {
      const path = call.shell.resolve(written)
      const there = call.machine.stat(path)
      if (there instanceof Unknown) return beyond(call)
      const inside = there.type === 'directory' && !flags.has('T') && !(flags.has('n') && isLink(path, call))
      const place = inside ? posix.join(path, posix.basename(target)) : path
      const before = call.machine.lstat(place)
      if (before instanceof Unknown) return beyond(call)
      if (before.type !== 'absent' && !force) return 1
      call.machine.link(target, place)
      return 0
    })
  }),
  cp: over(['t', 'S'], ({ flags, rest }, call) => {
    if (rest.length < 2) return 1
    const recursive = flags.has('r') || flags.has('R') || flags.has('a') || flags.has('--recursive')
    const preserve = flags.has('a') || flags.has('p') || flags.has('--archive')
    const to = call.shell.resolve(rest.at(-1)!)
    return all(rest.slice(0, -1), (from) => {
      const source = call.shell.resolve(from)
      const status = call.machine.stat(source)
      const place = intoDirectory(source, to, call)
      if (status instanceof Unknown || place instanceof Unknown) return beyond(call)
      if (status.type === 'absent') return 1
      if (status.type === 'directory' && !recursive) return 1
      if (status.type !== 'file') return beyond(call)
      if (flags.has('n')) {
        const there = call.machine.stat(place)
        if (!(there instanceof Unknown) && there.type !== 'absent') return 0
      }
      call.machine.copy(source, place, preserve)
      return 0
    })
  }),
  mv: over(['t', 'S'], ({ rest }, call) => {
    if (rest.length < 2) return 1
    const to = call.shell.resolve(rest.at(-1)!)
    return all(rest.slice(0, -1), (from) => {
      const source = call.shell.resolve(from)
      const status = call.machine.lstat(source)
      const place = intoDirectory(source, to, call)
      if (status instanceof Unknown || place instanceof Unknown) return beyond(call)
      if (status.type === 'absent') return 1
      call.machine.move(source, place)
      return 0
    })
  }),
  install: over(['m', 'o', 'g', 't', '--mode', '--owner', '--group'], ({ flags, values, rest }, call) => {
    const value = (letter: string, name: string) => values.get(letter) ?? values.get(name)
    const wanted = {
      mode: value('m', '--mode') ?? '0755',
      owner: value('o', '--owner'),
      group: value('g', '--group'),
    }
    if (flags.has('d') || flags.has('--directory')) {
      return all(rest, (path) => {
        call.machine.makeDirectory(call.shell.resolve(path), { parents: true })
        return truth(call.machine.change(call.shell.resolve(path), wanted))
      })
    }
    if (rest.length < 2) return beyond(call)
    const to = call.shell.resolve(rest.at(-1)!)
    return all(rest.slice(0, -1), (from) => {
      const place = intoDirectory(call.shell.resolve(from), to, call)
      if (place instanceof Unknown) return beyond(call)
      call.machine.copy(call.shell.resolve(from), place, false)
      return truth(
        call.machine.change(place, {
          ...wanted,
          owner: wanted.owner ?? 'root',
          group: wanted.group ?? 'root',
        }),
      )
    })
  }),
  touch: over(['d', 'r', 't'], ({ flags, rest }, call) =>
    all(rest, (path) => {
      const status = call.machine.stat(call.shell.resolve(path))
      if (!(status instanceof Unknown) && status.type !== 'absent') return 0
      if (!flags.has('c')) call.machine.write(call.shell.resolve(path), '')
      return 0
    }),
  ),
  chmod: ({ words, ...call }) => {
    // `-x` is a mode here, no option.
    const plain = words.filter(
      (word) => typeof word !== 'string' || !/^-[RcfvH]+$|^--(?:recursive|quiet|silent|changes)$/.test(word),
    )
    const recursive = words.some((word) => typeof word === 'string' && /^-[cfvH]*R|^--recursive/.test(word))
    return attributes(plain, recursive, true, call as Call, (mode) => ({ mode }))
  },
  chown: ({ words, ...call }) => {
    const plain = words.filter((word) => typeof word !== 'string' || !word.startsWith('-'))
    const letters = words
      .filter((word): word is string => typeof word === 'string' && word.startsWith('-'))
      .join('')
    const recursive = letters.includes('R') || letters.includes('--recursive')
    return attributes(plain, recursive, !letters.includes('h'), call as Call, (names) => {
      const [owner, group] = names.split(/[:.]/)
      return { ...(owner ? { owner } : {}), ...(group ? { group } : {}) }
    })
  },
  chgrp: ({ words, ...call }) => {
    const plain = words.filter((word) => typeof word !== 'string' || !word.startsWith('-'))
    return attributes(plain, words.includes('-R'), true, call as Call, (group) => ({ group }))
  },
  readlink: over(['n'], ({ flags, rest: [path = ''] }, call) => {
    const found = call.machine.look(() =>
      flags.has('f') || flags.has('e') || flags.has('m')
        ? call.machine.files.stat(call.shell.resolve(path))
        : call.machine.files.lstat(call.shell.resolve(path)),
    )
    if (found instanceof Unknown) {
      call.print(found)
      return found
    }
    if (flags.size > 0) {
      call.print(`${found.path}\n`)
      return 0
    }
    if (found.status.type !== 'link') return 1
    call.print(`${found.status.target!}\n`)
    return 0
  }),
  realpath: over([], ({ rest: [path = ''] }, call) => {
    const found = call.machine.look(() => call.machine.files.stat(call.shell.resolve(path)))
    call.print(found instanceof Unknown ? found : `${found.path}\n`)
    return found instanceof Unknown ? found : 0
  }),
  stat: over(['c', '--format', '--printf'], ({ flags, values, rest }, call) => {
    const format = values.get('c') ?? values.get('--format') ?? ''
    return all(rest, (path) => {
      const status = flags.has('L')
        ? call.machine.stat(call.shell.resolve(path))
        : call.machine.lstat(call.shell.resolve(path))
      if (status instanceof Unknown) {
        call.print(status)
        return status
      }
      if (status.type === 'absent' || status.type === 'denied') return 1
      call.print(described(format, status as PresentPath))
      return 0
    })
  }),
  ls: over([], ({ flags, rest }, call) =>
    all(rest.length === 0 ? ['.'] : rest, (path) => {
      const status = call.machine.stat(call.shell.resolve(path))
      if (flags.has('l') || status instanceof Unknown) {
        call.print(new Unknown({ what: '`ls`' }))
        return status instanceof Unknown ? status : 0
      }
      if (status.type === 'absent') return 2
      const names =
        status.type === 'directory' && !flags.has('d') ? call.machine.list(call.shell.resolve(path)) : [path]
      call.print(
        names instanceof Unknown
          ? names
          : (names ?? [])
              .filter((name) => flags.has('a') || flags.has('A') || !name.startsWith('.'))
              .map((name) => `${name}\n`)
              .join(''),
      )
      return 0
    }),
  ),
  find: (call) => {
    const changes = call.words.some((word) => word === '-exec' || word === '-execdir' || word === '-delete')
    if (changes) return findAndChange(call)
    call.print(new Unknown({ what: '`find`' }))
    return 0
  },
  // The new file is put in place where none is yet, or the old one was never changed; a changed one is kept.
  ucf: over(
    ['--state-dir', '--sum-file', '--src-dir', '--debconf-template', 's'],
    ({ flags, rest: [from = '', to = ''] }, call) => {
      if (flags.has('p') || flags.has('--purge')) return 0
      const [source, place] = [call.shell.resolve(from), call.shell.resolve(to)]
      const [there, before, after] = [
        call.machine.stat(place),
        call.machine.readBytes(place),
        call.machine.readBytes(source),
      ]
      if (there instanceof Unknown || before instanceof Unknown || after instanceof Unknown)
        return beyond(call)
      if (after === null) return 2
      if (there.type === 'absent') {
        // One that was known and then deleted stays deleted.
        const known = call.machine.readText('/var/lib/ucf/hashfile')
        if (known instanceof Unknown) return beyond(call)
        if (known.split('\n').some((line) => line.endsWith(`  ${place}`))) return 0
        call.machine.copy(source, place, false)
        return 0
      }
      if (before !== null && before.equals(after)) return 0
      return beyond(call)
    },
  ),
  ucfr: () => 0,
}

/** A program whose words are options and paths; where a word is unknown, what it does cannot be told. */
function over(valued: readonly string[], run: (options: Options, call: Call) => Status): Program {
  return (call) => {
    const options = takeOptions(call.words, valued)
    return options instanceof Unknown ? beyond(call) : run(options, call)
  }
}

function all(paths: readonly string[], run: (path: string) => Status): Status {
  let status: Status = 0
  for (const path of paths) {
    const one = run(path)
    if (one !== 0) status = one
  }
  return status
}

function attributes(
  words: readonly Text[],
  recursive: boolean,
  follow: boolean,
  call: Call,
  wanted: (text: string) => { mode?: string; owner?: string; group?: string },
): Status {
  const [first, ...paths] = words.filter((word) => word !== '--')
  const unknown = [first, ...paths].find((word) => word instanceof Unknown)
  if (unknown || first === undefined) return beyond({ ...call, words })
  return all(paths as string[], (path) =>
    truth(call.machine.change(call.shell.resolve(path), wanted(first as string), { recursive, follow })),
  )
}

function intoDirectory(source: string, to: string, { machine }: Call): string | Unknown {
  const there = machine.stat(to)
  if (there instanceof Unknown) return there
  return there.type === 'directory' ? posix.join(to, posix.basename(source)) : to
}

function isLink(path: string, { machine }: Call): boolean {
  const status = machine.lstat(path)
  return !(status instanceof Unknown) && status.type === 'link'
}

function hardLink([from, to]: readonly string[], call: Call): Status {
  if (from === undefined || to === undefined) return beyond(call)
  call.machine.copy(call.shell.resolve(from), call.shell.resolve(to), true)
  return 0
}

// What is found and removed is computed where that is all, and its tests are the simple ones. Otherwise, whatever is
// below the places that it searches may be changed.
function findAndChange(call: Call): Status {
  return findAndDelete(call) ?? mayChangeAnything(call)
}

function findAndDelete({ words, machine, shell }: Call): Status | undefined {
  const start = words.findIndex((word) => typeof word !== 'string' || /^[-(!]/.test(word))
  const tests: ((path: string, status: PathStatus) => boolean | undefined)[] = []
  let deepest = Infinity
  for (let at = start; at < words.length - 1; at++) {
    const [word, value] = [words[at], words[at + 1]]
    if (word === '-empty') {
      tests.push((path, { type }) => {
        const names = type === 'directory' ? machine.list(path) : machine.readBytes(path)
        return names instanceof Unknown ? undefined : names?.length === 0
      })
      continue
    }
    if (typeof value !== 'string') return undefined
    at++
    if (word === '-maxdepth') deepest = Number(value)
    else if (word === '-type') tests.push((_, { type }) => type === TYPES[value])
    else if (word === '-name') tests.push((path) => patternToRegExp(value).test(posix.basename(path)))
    else return undefined
  }
  if (words.at(-1) !== '-delete') return undefined
  let told = true
  // As `-delete` has it, what is in a directory comes before the directory.
  const visit = (path: string, depth: number): void => {
    const status = machine.lstat(path)
    if (status instanceof Unknown) told = false
    else if (status.type !== 'absent') {
      const names = status.type === 'directory' && depth < deepest ? machine.list(path) : []
      if (names instanceof Unknown) told = false
      else for (const name of names ?? []) visit(posix.join(path, name), depth + 1)
      const answers = tests.map((test) => test(path, status))
      if (answers.includes(false)) return
      if (answers.includes(undefined)) told = false
      else machine.remove(path)
    }
  }
  for (const place of words.slice(0, start)) visit(shell.resolve(place as string), 0)
  return told ? 0 : undefined
}

const TYPES: Readonly<Record<string, PathStatus['type']>> = { f: 'file', d: 'directory', l: 'link' }

function mayChangeAnything(call: Call): Status {
  const places: string[] = []
  for (const word of call.words) {
    if (typeof word !== 'string' || /^[-(!]/.test(word)) break
    places.push(word)
  }
  for (const place of places) {
    const status = call.machine.stat(call.shell.resolve(place))
    if (!(status instanceof Unknown) && status.type === 'absent') continue
    return beyond(call)
  }
  return 0
}

function described(format: string, status: PresentPath): Text {
  let text = ''
  for (const piece of format.split(/(%[a-zA-Z])/)) {
    const value = piece.startsWith('%') ? STAT_FIELDS[piece]?.(status) : piece
    if (value === undefined || value instanceof Unknown)
      return value ?? new Unknown({ what: `stat ${piece}` })
    text += String(value)
  }
  return `${text}\n`
}

const STAT_FIELDS: Readonly<Record<string, (status: PresentPath) => string | number | Unknown>> = {
  '%a': ({ mode }) => formatMode(mode).replace(/^0+(?=\d)/, ''),
  '%U': ({ owner }) => owner,
  '%G': ({ group }) => group,
  '%u': ({ uid, owner }) => (owner === 'root' ? 0 : uid),
  '%g': ({ gid, group }) => (group === 'root' ? 0 : gid),
  '%s': ({ size }) => size,
  '%h': ({ links }) => links,
  '%F': ({ type }) =>
    ({ file: 'regular file', directory: 'directory', link: 'symbolic link' })[type as 'file'] ?? type,
}
