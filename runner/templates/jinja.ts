import { sourceError, SourceError } from '../source/diagnostic.ts'
import type { Dict } from '../variables/value.ts'
import { mergeUnknown, Unknown } from '../variables/unknown.ts'
import type { Scope } from '../variables/scope.ts'
import { Evaluation } from '../expressions/evaluation.ts'
import { fileSyntax, type Syntax } from '../expressions/grammar/template.ts'
import { Output } from '../expressions/output.ts'
import { parsed } from '../expressions/parsed.ts'
import { renderInto } from '../expressions/render.ts'
import type { Rendered } from './rendered.ts'
import { templateFacts } from './facts.ts'

/** Jinja's own names for how a file's text is read and its lines end. */
export interface JinjaOptions extends Partial<Omit<Syntax, 'raw'>> {
  readonly newline_sequence?: string
  /** Where the text goes: `template_destpath`. */
  readonly dest?: string
}

/**
 * Renders a Jinja file as Ansible's template module does: blocks trimmed unless told otherwise, and the newlines at
 * the end kept. `#jinja2: lstrip_blocks: True` in the first line sets options of the file itself.
 *
 * @throws UndefinedVariable, SourceError with the place in the file
 */
export function renderJinja(
  path: string,
  source: string,
  scope: Scope,
  options: JinjaOptions = {},
): Rendered {
  const header = readHeader(path, source)
  const { newline_sequence: newline = '\n', dest, ...syntax } = { ...options, ...header.options }
  const origin = { source: header.body, location: { file: path, line: header.lines + 1, column: 1 } }
  const out = new Output()
  const evaluation = new Evaluation(scope.under(templateFacts(path, scope, dest)))
  const failed = evaluation.within(origin, undefined, (frame) => {
    renderInto(parsed(normalized(header.body), syntaxOf(syntax)).parts, frame, out)
    return null
  })
  const unknowns = failed instanceof Unknown ? [...out.unknowns, failed] : out.unknowns
  if (unknowns.length > 0) return { text: mergeUnknown(unknowns), secrets: [...out.secrets] }
  const text = out.text()
  const missing = trailingNewlines(header.body) - trailingNewlines(text)
  const whole = missing > 0 ? text + '\n'.repeat(missing) : text
  return { text: newline === '\n' ? whole : whole.replaceAll('\n', newline), secrets: [...out.secrets] }
}

const names = [
  'variable_start_string',
  'variable_end_string',
  'block_start_string',
  'block_end_string',
  'comment_start_string',
  'comment_end_string',
  'trim_blocks',
  'lstrip_blocks',
  'line_statement_prefix',
  'line_comment_prefix',
  'newline_sequence',
] as const

/** The template module's arguments that concern Jinja. */
export function jinjaOptions(args: Dict): JinjaOptions {
  const options = names.flatMap((name): [string, string | boolean][] => {
    const value = args[name]
    if (typeof value !== 'string' && typeof value !== 'boolean') return []
    return [[name, name === 'newline_sequence' ? unescaped(String(value)) : value]]
  })
  return { ...Object.fromEntries(options), dest: typeof args['dest'] === 'string' ? args['dest'] : undefined }
}

/** `newline_sequence: '\r\n'` in single quotes means the line end, too. */
function unescaped(text: string): string {
  return text.replaceAll('\\r', '\r').replaceAll('\\n', '\n')
}

const syntaxes = new Map<string, Syntax>()

/** One object for each set of options, so that what was parsed under it is found again. */
function syntaxOf(options: Partial<Syntax>): Syntax {
  if (Object.keys(options).length === 0) return fileSyntax
  const key = JSON.stringify(options)
  let syntax = syntaxes.get(key)
  if (syntax === undefined) syntaxes.set(key, (syntax = { ...fileSyntax, ...options }))
  return syntax
}

function readHeader(path: string, source: string): { options: JinjaOptions; body: string; lines: number } {
  if (!source.startsWith('#jinja2:')) return { options: {}, body: source, lines: 0 }
  const end = source.indexOf('\n')
  const fail = (message: string): SourceError => sourceError(message, { file: path, line: 1, column: 1 })
  if (end === -1) throw fail('a #jinja2 line needs text after it')
  const entries = source
    .slice('#jinja2:'.length, end)
    .split(/,(?![^"']*["'](?:,|\s*$))/)
    .map((pair): [string, string | boolean] => {
      const [, name = '', value = ''] = /^\s*(\w+)\s*:\s*(.*?)\s*$/.exec(pair) ?? []
      if (!names.some((known) => known === name)) throw fail(`'${pair.trim()}' is no option of Jinja`)
      if (/^(?:True|False)$/i.test(value)) return [name, value.toLowerCase() === 'true']
      return [name, unescaped(value.replace(/^(['"])(.*)\1$/, '$2'))]
    })
  return { options: Object.fromEntries(entries), body: source.slice(end + 1), lines: 1 }
}

function normalized(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
}

function trailingNewlines(text: string): number {
  return /\n*$/.exec(text)![0].length
}
