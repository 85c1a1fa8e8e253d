import { globSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, posix, resolve } from 'node:path'
import { asText, list, text } from '../convert.ts'
import { expandHome } from '../findFile.ts'
import { Failure, tuple, type Item } from '../items.ts'
import { typeName } from '../python/numbers.ts'
import { plain, type Routines } from '../routine.ts'

/** Paths, with Python's rules; those that look at files look at this machine's. */
export const pathFilters: Routines = {
  basename: plain('value', (_, value) => basename(asText(value))),
  dirname: plain('value', (_, value) => directory(asText(value))),
  expanduser: plain('value', (_, value) => expandHome(asText(value))),
  expandvars: plain('value', (_, value) =>
    asText(value).replace(/\$(?:(\w+)|\{([^}]*)\})/g, (whole, bare?: string, braced?: string) => {
      return process.env[(bare ?? braced)!] ?? whole
    }),
  ),
  normpath: plain('value', (_, value) => normalize(asText(value))),
  realpath: plain('value', (_, value) => realPath(resolve(asText(value)))),
  relpath: plain(
    'value start?',
    (_, value, start = null) =>
      posix.relative(resolve(start === null ? '.' : asText(start)), resolve(asText(value))) || '.',
  ),
  splitext: plain('value', (_, value) => {
    const path = asText(value)
    const name = path.slice(path.lastIndexOf('/') + 1)
    const [extension = ''] = /(?<=[^.].*?)\.[^.]*$/.exec(name) ?? []
    return tuple([path.slice(0, path.length - extension.length), extension])
  }),
  path_join: plain('value', (_, value) => {
    if (!Array.isArray(value) && typeof value !== 'string') {
      throw new Failure(`path_join expects string or sequence, got ${typeName(value)} instead`)
    }
    const parts: Item[] = Array.isArray(value) ? value : [value]
    return parts.map(asText).reduce((path, part) => {
      if (part.startsWith('/') || path === '') return part
      return path.endsWith('/') ? path + part : `${path}/${part}`
    })
  }),
  commonpath: plain('value', (_, value) => {
    const paths = list(value).map((path) => text(path))
    const split = paths.map((path) => path.split('/').filter((part) => part !== '' && part !== '.'))
    const [first = []] = split
    if (new Set(paths.map((path) => isAbsolute(path))).size > 1) {
      throw new Failure('absolute and relative paths have nothing in common')
    }
    const length = first.findIndex((part, index) => split.some((parts) => parts[index] !== part))
    const common = first.slice(0, length === -1 ? first.length : length).join('/')
    return (paths[0]?.startsWith('/') ? '/' : '') + common
  }),
  win_basename: plain('value', (_, value) => /[^\\/]*$/.exec(withoutDrive(asText(value)).rest)![0]),
  win_dirname: plain('value', (_, value) => {
    const { drive, rest } = withoutDrive(asText(value))
    const head = rest.slice(0, rest.length - /[^\\/]*$/.exec(rest)![0].length)
    return drive + (/^[\\/]+$/.test(head) ? head : head.replace(/[\\/]+$/, ''))
  }),
  win_splitdrive: plain('value', (_, value) => {
    const { drive, rest } = withoutDrive(asText(value))
    return tuple([drive, rest])
  }),
  fileglob: plain('value', (_, value) => {
    return globSync(expandHome(text(value, 'pattern')))
      .filter((path) => statSync(path).isFile())
      .sort()
  }),
}

function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function directory(path: string): string {
  const head = path.slice(0, path.lastIndexOf('/') + 1)
  return /^\/+$/.test(head) ? head : head.replace(/\/+$/, '')
}

function normalize(path: string): string {
  const normal = posix.normalize(path)
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal
}

/** The path without links as far as it exists. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : posix.join(realPath(parent), basename(path))
  }
}

function withoutDrive(path: string): { drive: string; rest: string } {
  const [drive = ''] = /^(?:[A-Za-z]:|[\\/]{2}[^\\/]+[\\/][^\\/]+)/.exec(path) ?? []
  return { drive, rest: path.slice(drive.length) }
}
