import { globSync, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { Secret } from '../../variables/secret.ts'
import type { Value } from '../../variables/value.ts'
import { renderTemplateFile } from '../../templates/render.ts'
import { asText, dict, list, text } from '../convert.ts'
import { directories, expandHome, findFile, tryFindFile } from '../findFile.ts'
import type { Frame } from '../frame.ts'
import { Failure, Undefined, UnknownMet, type Item } from '../items.ts'
import { literalValue } from '../literal.ts'
import { lift, taint } from '../marks.ts'
import { isMapping } from '../mapping.ts'
import { truthy } from '../python/compare.ts'
import { Unknown } from '../../variables/unknown.ts'
import { plain, raw, type Named, type Routines } from '../routine.ts'
import { dictLayer } from '../../variables/scope.ts'
import { optionsOf } from './options.ts'
import { decrypted, readPath, readText } from './read.ts'

/** Lookups of this machine's files. */
export const fileLookups: Routines = {
  file: plain('*terms **options', (frame, terms, given) => {
    const { rstrip, lstrip } = optionsOf(given, { rstrip: true, lstrip: false })
    return list(terms).map((term) =>
      lift([readText(text(term, 'name of the file'), frame)], (content) => {
        const trimmed = truthy(lstrip) ? text(content).trimStart() : text(content)
        return truthy(rstrip) ? trimmed.trimEnd() : trimmed
      }),
    ) as Value
  }),
  unvault: plain('*terms', (frame, terms) =>
    list(terms).map((term) => {
      const path = findFile(text(term, 'name of the file'), 'files', frame)
      return decrypted(path, readPath(path), frame)
    }),
  ),
  template: plain('*terms **options', (frame, terms, given) => {
    const {
      template_vars: extra = {},
      convert_data: convert = true,
      jinja2_native: _native,
      ...options
    } = given as Record<string, Item>
    const scope = frame.evaluation.scope.under(dictLayer('template_vars', dict(extra)))
    return list(terms).map((term) => {
      const path = findFile(text(term, 'name of the template'), 'templates', frame)
      const { text: rendered, secrets } = renderTemplateFile(path, scope, dict(options as Value))
      if (rendered instanceof Unknown) return rendered
      // What a template makes of a list or dictionary has always come back as one.
      const data = truthy(convert) && /^\s*[[{]/.test(rendered) ? literalValue(rendered) : undefined
      if (data !== undefined) return secrets.length > 0 ? (taint(data) as Value) : data
      return secrets.length > 0 ? new Secret(rendered, secrets) : rendered
    })
  }),
  fileglob: plain('*terms', (frame, terms) =>
    list(terms).flatMap((term) => {
      const pattern = expandHome(text(term, 'pattern'))
      const places = isAbsolute(pattern) ? [''] : directories('files', frame)
      for (const place of places) {
        const found = globSync(join(place, pattern)).filter((path) => statSync(path).isFile())
        if (found.length > 0) return found.sort()
      }
      return []
    }),
  ),
  first_found: raw('*terms **options', (frame, terms, given) =>
    firstFound(frame, list(terms), given as Named),
  ),
}

interface Search {
  readonly names: string[]
  readonly skip: boolean
}

/** The first of the named files that is there. Names that mention something undefined are passed over. */
function firstFound(frame: Frame, terms: readonly Item[], given: Named): Item {
  const { names, skip } = searched(frame, terms, given)
  const { ownKind = 'files' } = frame.evaluation.scope.surroundings
  const own = names.map((name) => tryFindFile(name, ownKind, frame)).find((found) => found !== undefined)
  if (own !== undefined) return [own]
  for (const name of names) {
    for (const kind of ['files', 'templates', 'vars', 'tasks'] as const) {
      const found = tryFindFile(name, kind, frame)
      if (found !== undefined) return [found]
    }
  }
  if (skip) return []
  throw new Failure(
    'none of the files is there',
    `looked for ${names.join(', ')}; write \`skip=True\` if none is needed`,
  )
}

function searched(frame: Frame, terms: readonly Item[], given: Named): Search {
  const names: string[] = []
  let skip = truthy(frame.evaluation.settle(given['skip'] ?? false))
  const { files, paths } = given
  if (files !== undefined) names.push(...combined(frame, files, paths))
  for (const term of terms) {
    const item = frame.evaluation.resolve(term)
    if (item instanceof Unknown) throw new UnknownMet(item)
    if (item instanceof Undefined) continue
    if (isMapping(item)) {
      const { skip: itsSkip = skip, files: itsFiles = [], paths: itsPaths } = dict(item)
      skip = truthy(frame.evaluation.settle(itsSkip))
      names.push(...combined(frame, itsFiles, itsPaths))
    } else if (Array.isArray(item)) {
      const inner = searched(frame, item, {})
      names.push(...inner.names)
      skip ||= inner.skip
    } else if (files === undefined) {
      const name = text(item, 'name of the file')
      names.push(...(paths === undefined ? [name] : combined(frame, name, paths)))
    } else names.push(text(item, 'name of the file'))
  }
  return { names, skip }
}

/** Every file in every path. */
function combined(frame: Frame, files: Item, paths: Item | undefined): string[] {
  const names = words(frame, files, /[,;]/)
  const places = paths === undefined ? [] : words(frame, paths, /[,:;]/)
  if (places.length === 0) return names
  return places.flatMap((place) => names.map((name) => join(place, name)))
}

function words(frame: Frame, item: Item, separator: RegExp): string[] {
  const value = frame.evaluation.resolve(item)
  if (value instanceof Unknown) throw new UnknownMet(value)
  if (value instanceof Undefined) return []
  if (Array.isArray(value)) return value.flatMap((one) => words(frame, one, separator))
  return asText(value).split(separator).filter(Boolean)
}
