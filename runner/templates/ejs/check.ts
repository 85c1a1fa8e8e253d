import { sourceError } from '../../source/diagnostic.ts'

interface Tag {
  readonly kind: string
  readonly code: string
  readonly offset: number
}

/**
 * What EJS itself would not report with a line: a tag without an end, and `<%-` with anything but `include()`.
 * @throws SourceError
 */
export function checkTags(path: string, source: string): void {
  for (const { kind, code, offset } of tagsOf(source, path)) {
    if (kind === '-' && !/^\s*include\s*\([\s\S]*\)\s*;?\s*$/.test(code)) {
      throw sourceError('`<%-` is for include() only', place(path, source, offset), 'print with `<%= … %>`')
    }
  }
}

/** The line of the first syntax error: the tags' code alone, each on its own line, as the engine sees it. */
export function syntaxErrorLine(source: string): number {
  let code = ''
  let at = 0
  for (const { kind, code: inner, offset } of tagsOf(source)) {
    code += newlines(source.slice(at, offset))
    if (kind === '=' || kind === '-') code += `;void (${inner.replace(/;\s*$/, '')}\n);`.replace('\n);', ');')
    else code += kind === '#' || kind === '%' ? newlines(inner) : `;${inner}`
    at = offset + 2 + kind.length + inner.length
  }
  const { Script } = process.getBuiltinModule('node:vm')
  try {
    void new Script(`(function () { with ({}) {${code}\n} })`, { filename: 'template' })
  } catch (error) {
    const line = /^template:(\d+)/.exec((error as Error).stack ?? '')?.[1]
    if (line !== undefined) return Math.min(Number(line), source.split('\n').length)
  }
  return 1
}

function tagsOf(source: string, path = ''): Tag[] {
  const tags: Tag[] = []
  let at = 0
  for (;;) {
    const offset = source.indexOf('<%', at)
    if (offset === -1) return tags
    const [kind = ''] = /^[-=_#%]?/.exec(source.slice(offset + 2, offset + 3))!
    const start = offset + 2 + kind.length
    if (kind === '%') {
      at = start
      continue
    }
    const end = source.indexOf('%>', start)
    if (end === -1) throw sourceError('this tag has no `%>`', place(path, source, offset))
    const code = source.slice(start, end).replace(/[-_]$/, '')
    tags.push({ kind, code, offset })
    at = end + 2
  }
}

function newlines(text: string): string {
  return text.replace(/[^\n]/g, '')
}

function place(file: string, source: string, offset: number): { file: string; line: number; column: number } {
  const before = source.slice(0, offset)
  return { file, line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}
