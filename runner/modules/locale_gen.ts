import { effect } from '../host/state.ts'
import { localeKey, locales } from '../resources/locales.ts'
import { resource } from '../resources/resource.ts'
import { content } from '../resources/content.ts'
import { path as pathKind } from '../resources/path.ts'
import { sh } from '../transport/shell.ts'
import { args, choice, item, list } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { change, failed, type Outcome, unchanged } from './outcome.ts'
import { placeFile } from './support/place-file.ts'
import { sequence } from './support/sequence.ts'

const FILE = '/etc/locale.gen'

export default defineModule({
  name: 'locale_gen',
  summary: 'Makes and removes locales.',
  args: args({
    name: list(item.text, 'The locales: de_DE.UTF-8.'),
    state: choice(['absent', 'present'], 'Whether they are to be there.', { default: 'present' }),
  }),
  reads: () => [resource(locales, ''), resource(pathKind, FILE), resource(content, FILE)],
  plan: ({ name: names, state }, planning) => {
    const before = planning.files.read(FILE)?.toString('utf8')
    if (before === undefined) return failed(`${FILE} is missing. Is the package "locales" installed?`)
    const supported = planning.files.read('/usr/share/i18n/SUPPORTED')?.toString('utf8') ?? before
    const charsets = new Map(names.map((name) => [name, charsetOf(name, supported)]))
    const unknown = names.filter((name) => charsets.get(name) === undefined)
    if (unknown.length > 0)
      return failed(`The locales you've entered are not available on your system: ${unknown.join(', ')}`)
    const present = state === 'present'
    const known = planning.state.read(locales, '')
    const wrong = names.filter((name) => known.includes(localeKey(name)) !== present)
    if (wrong.length === 0) return unchanged({ name: names })
    let text = before
    for (const name of wrong)
      text = present ? withLocale(text, name, charsets.get(name)!) : withoutLocale(text, name)
    return sequence(
      planning,
      [
        (inside) => placeFile({ path: FILE, bytes: Buffer.from(text), attributes: {}, follow: true }, inside),
        (inside) => generate(wrong, present, inside),
      ],
      () => ({ name: names }),
    )
  },
})

function generate(names: readonly string[], present: boolean, { state }: Planning): Outcome {
  const keys = names.map((name) => localeKey(name))
  const others = state.read(locales, '').filter((name) => !keys.includes(name))
  return change({
    diff: names.map((name) => ({
      path: `locale ${name}`,
      attributes: [
        { name: 'state', before: present ? 'absent' : 'present', after: present ? 'present' : 'absent' },
      ],
    })),
    script: sh`PATH=$PATH:/usr/sbin; locale-gen >&2`,
    after: [effect(locales, '', present ? [...others, ...keys].sort() : others)],
    result: {},
  })
}

/** What is written behind a locale's name, as `de_DE.UTF-8 UTF-8`. */
function charsetOf(name: string, supported: string): string | undefined {
  for (const line of supported.split('\n')) {
    const [locale, charset] = line
      .replace(/^\s*#\s*/, '')
      .trim()
      .split(/\s+/)
    if (locale === name && charset !== undefined && /^[\w-]+$/.test(charset)) return charset
  }
  return undefined
}

function isLine(line: string, name: string): boolean {
  const [locale, charset] = line
    .replace(/^\s*#\s*/, '')
    .trim()
    .split(/\s+/)
  return locale === name && charset !== undefined
}

function withLocale(text: string, name: string, charset: string): string {
  const lines = text.split('\n')
  const at = lines.findIndex((line) => isLine(line, name))
  if (at < 0) return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${name} ${charset}\n`
  lines[at] = `${name} ${charset}`
  return lines.join('\n')
}

function withoutLocale(text: string, name: string): string {
  return text
    .split('\n')
    .map((line) => (isLine(line, name) && !line.trimStart().startsWith('#') ? `# ${line}` : line))
    .join('\n')
}
