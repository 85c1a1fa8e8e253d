import type { Document } from 'yaml'
import type { Diagnostic } from './diagnostic.ts'
import type { SourceText } from './positions.ts'
import { openBracket, openQuote } from './quoted-lines.ts'

/**
 * What is wrong with text that is not YAML, in a playbook author's words. One mistake often makes a parser stumble
 * several times, so only the first is told, with those that stand for themselves.
 */
export function explainSyntaxError(document: Document.Parsed, source: SourceText): Diagnostic[] {
  const inOrder = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0])
  return inOrder
    .filter((error, index) => index === 0 || INDEPENDENT.has(error.code))
    .map(({ code, message, pos }) => {
      const open = /Missing closing ['"]/.test(message)
        ? openQuote(document)
        : /and end with a [\]}]|must end with a [\]}]/.test(message)
          ? openBracket(document, pos[0])
          : undefined
      const told = open === undefined ? explain(code, message, pos[0], source) : neverClosed(open, source)
      return { severity: 'error', ...told }
    })
}

const INDEPENDENT = new Set(['TAB_AS_INDENT', 'BAD_DQ_ESCAPE', 'BAD_SCALAR_START'])

function explain(
  code: string,
  message: string,
  offset: number,
  source: SourceText,
): Omit<Diagnostic, 'severity'> {
  const { text } = source
  const line = lineAround(text, offset)
  const at = (place: number) => source.locate(Math.min(place, text.length))

  const tab = /^ *\t/.exec(line.text)
  if (tab) {
    const location = at(line.start + tab[0].length - 1)
    return { message: 'a tab is used to indent', location, hint: 'YAML indents with spaces only' }
  }
  const brace = /(?:^|[:-]\s+)(\{\{.*)$/.exec(line.text)
  if (brace && code !== 'TAB_AS_INDENT') {
    const start = line.start + line.text.length - brace[1]!.length
    return {
      message: `a value that begins with '{{' must be quoted`,
      location: at(start),
      hint: `write "${brace[1]!.trimEnd().replaceAll('"', "'")}"`,
    }
  }
  switch (code) {
    case 'TAB_AS_INDENT':
      return {
        message: 'a tab is used to indent',
        location: at(offset),
        hint: 'YAML indents with spaces only',
      }
    case 'BLOCK_AS_IMPLICIT_KEY':
      return nestedMapping(offset, source)
    case 'MULTILINE_IMPLICIT_KEY':
    case 'MISSING_CHAR':
      return missingColon(offset, source)
    case 'BAD_SCALAR_START': {
      const character = text[offset] ?? ''
      return {
        message: `a value cannot begin with '${character}'`,
        location: at(offset),
        hint: 'put quotes around the value',
      }
    }
    case 'BAD_DQ_ESCAPE':
      return {
        message: `unknown escape '${text.slice(offset, offset + 2)}' in double quotes`,
        location: at(offset),
        hint: 'double the backslash, or use single quotes',
      }
    case 'MULTIPLE_DOCS':
      return {
        message: 'the file holds more than one YAML document',
        location: at(offset),
        hint: `remove the second '---', or move what follows into a file of its own`,
      }
    case 'BAD_ALIAS':
      return {
        message: `'*' begins an alias, which needs a name`,
        location: at(offset),
        hint: `quote it: '*'`,
      }
    case 'BAD_INDENT':
      return badIndent(offset, source)
    case 'UNEXPECTED_TOKEN':
      return unexpected(message, offset, source)
    default:
      return { message: `not valid YAML: ${lowerFirst(message)}`, location: at(offset) }
  }
}

/** `name: a: b`, or a line indented deeper than the one it continues. */
function nestedMapping(offset: number, source: SourceText): Omit<Diagnostic, 'severity'> {
  const { text } = source
  const line = lineAround(text, offset)
  const inner = /^(?:-\s+)*[^:]*?:\s+(.*?:(?:\s.*|$))/.exec(line.text.trimStart())
  if (inner) {
    return {
      message: `a second ': ' in one value`,
      location: source.locate(offset),
      hint: `put quotes around it: '${inner[1]!.trimEnd().replaceAll("'", "''")}'`,
    }
  }
  const next = text.indexOf('\n', offset)
  const following = next + 1 + (/^[ ]*/.exec(text.slice(next + 1))?.[0].length ?? 0)
  return {
    message: 'this line is indented deeper than the keys before it',
    location: source.locate(next === -1 ? offset : following),
    hint: 'keys of one dictionary start in the same column',
  }
}

/** `copy` or `copy:x` where `copy: x` is meant. */
function missingColon(offset: number, source: SourceText): Omit<Diagnostic, 'severity'> {
  const line = lineAround(source.text, offset)
  const glued = /^(\s*(?:-\s+)*[\w.]+):(\S)/.exec(line.text)
  if (glued) {
    return {
      message: `a space is missing after ':'`,
      location: source.locate(line.start + glued[1]!.length),
      hint: `write "${line.text
        .trim()
        .replace(/^(?:-\s+)*/, '')
        .replace(':', ': ')}"`,
    }
  }
  if (/^\s*-(?:\s|$)/.test(line.text)) {
    return {
      message: 'a list entry stands where a key is expected',
      location: source.locate(offset),
      hint: `check the indentation, and that the line before ends with ':'`,
    }
  }
  const column = line.text.search(/\S/)
  return {
    message: `':' is missing after '${shorten(line.text.trim().replace(/^-\s+/, ''))}'`,
    location: source.locate(line.start + Math.max(column, 0)),
    hint: `write 'key: value', or check the indentation`,
  }
}

function badIndent(offset: number, source: SourceText): Omit<Diagnostic, 'severity'> {
  const line = lineAround(source.text, offset)
  return {
    message: 'this line is indented differently from the lines it belongs to',
    location: source.locate(line.start + Math.max(line.text.search(/\S/), 0)),
    hint: 'entries of one dictionary or list start in the same column',
  }
}

function unexpected(message: string, offset: number, source: SourceText): Omit<Diagnostic, 'severity'> {
  const line = lineAround(source.text, offset)
  const before = line.text.slice(0, offset - line.start)
  if (/["']\s*$/.test(before)) {
    return {
      message: 'text follows a closing quote',
      location: source.locate(offset),
      hint: 'put the quotes around the whole value',
    }
  }
  if (/block-seq-ind/.test(message)) {
    return {
      message: `'-' stands on the same line as its key`,
      location: source.locate(offset),
      hint: 'begin the list on a new line, or quote the text',
    }
  }
  return {
    message: `'${shorten(line.text.trim())}' does not fit here`,
    location: source.locate(line.start + Math.max(line.text.search(/\S/), 0)),
    hint: 'check the indentation: a list and a dictionary cannot be mixed at one level',
  }
}

function neverClosed(offset: number, source: SourceText): Omit<Diagnostic, 'severity'> {
  const opened = source.text[offset]!
  const close = { '[': ']', '{': '}' }[opened] ?? opened
  return {
    message: `${opened === close ? 'a quote' : `'${opened}'`} is opened here and not closed`,
    location: source.locate(offset),
    hint: `close it with ${close} where it ends`,
  }
}

function lineAround(text: string, offset: number): { start: number; text: string } {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const end = text.indexOf('\n', offset)
  return { start, text: text.slice(start, end === -1 || end < start ? undefined : end) }
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
