import { asText, dict, integer, text } from '../convert.ts'
import { Failure, type Item } from '../items.ts'
import { truthy } from '../python/compare.ts'
import { plain, type Named, type Run, type Routines } from '../routine.ts'

const escape: Run = (_, value) => escapeHtml(asText(value))
const same: Run = (_, value) => value

/** HTML, and comments in the style of a language. */
export const markupFilters: Routines = {
  e: plain('value', escape),
  escape: plain('value', escape),
  forceescape: plain('value', escape),
  safe: plain('value', same),
  xmlattr: plain('value autospace?', (_, value, autospace = true) => {
    const attributes = Object.entries(dict(value)).filter(([, one]) => one !== null)
    for (const [name] of attributes) {
      if (/[\s/>=]/.test(name)) throw new Failure(`'${name}' cannot be the name of an attribute`)
    }
    const joined = attributes
      .map(([name, one]) => `${escapeHtml(name)}="${escapeHtml(asText(one))}"`)
      .join(' ')
    return joined !== '' && truthy(autospace) ? ` ${joined}` : joined
  }),
  urlize: plain(
    'value trim_url_limit? nofollow? target? rel?',
    (_, value, limit = null, nofollow = false, target = null, rel = null) => {
      const relation = [truthy(nofollow) ? 'nofollow' : '', rel === null ? 'noopener' : text(rel)]
        .filter(Boolean)
        .sort()
      return asText(value).replace(/\bhttps?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)]/g, (url) => {
        const shown =
          limit !== null && url.length > integer(limit) ? `${url.slice(0, integer(limit))}...` : url
        const where = target === null ? '' : ` target="${escapeHtml(text(target))}"`
        return `<a href="${escapeHtml(url)}" rel="${relation.join(' ')}"${where}>${escapeHtml(shown)}</a>`
      })
    },
  ),
  comment: plain('value style? **options', (_, value, style = 'plain', options = {}) => {
    const preset = styles[text(style, 'style')]
    if (preset === undefined)
      throw new Failure(`there is no comment style '${text(style)}'`, `use ${Object.keys(styles).join(', ')}`)
    const changes = given(options as Named)
    return comment(asText(value), { ...usual(preset, changes.decoration ?? preset.decoration), ...changes })
  }),
}

function escapeHtml(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll("'", '&#39;')
    .replaceAll('"', '&#34;')
}

interface CommentStyle {
  readonly decoration: string
  readonly beginning?: string
  readonly end?: string
  readonly newline?: string
  readonly prefix?: string
  readonly prefix_count?: number
  readonly postfix?: string
  readonly postfix_count?: number
}

const styles: Record<string, CommentStyle> = {
  plain: { decoration: '# ' },
  erlang: { decoration: '% ' },
  c: { decoration: '// ' },
  cblock: { beginning: '/*', decoration: ' * ', end: ' */' },
  xml: { beginning: '<!--', decoration: ' - ', end: '-->' },
}

function usual(style: CommentStyle, decoration: string): Required<CommentStyle> {
  return {
    beginning: '',
    end: '',
    newline: '\n',
    prefix: decoration.trimEnd(),
    prefix_count: 1,
    postfix: decoration.trimEnd(),
    postfix_count: 1,
    ...style,
  }
}

function given(options: Named): Partial<CommentStyle> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]: [string, Item]) => [
      name,
      name.endsWith('_count') ? integer(value) : text(value),
    ]),
  )
}

function comment(value: string, style: Required<CommentStyle>): string {
  const { newline, beginning, end, prefix, decoration, postfix } = style
  const lines = value.split(newline)
  const body = lines.map((line, index) => {
    return line === '' && index < lines.length - 1 ? decoration.trimEnd() : decoration + line
  })
  const before =
    prefix === '' ? '' : (prefix === newline ? newline : prefix + newline).repeat(style.prefix_count)
  return [
    beginning === '' ? '' : beginning + newline,
    before,
    body.join(newline),
    (newline + postfix).repeat(style.postfix_count),
    end === '' ? '' : newline + end,
  ].join('')
}
