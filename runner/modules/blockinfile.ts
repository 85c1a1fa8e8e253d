import { pythonRegex } from '../expressions/python/regex.ts'
import { type Arguments, args, bool, choice, optional, path, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed, unchanged } from './outcome.ts'
import { attributeArguments } from './support/attributes.ts'
import { editText } from './support/edit-text.ts'
import { contentOf } from './support/reads-later.ts'
import { hostPath } from './support/host-path.ts'

const schema = args({
  path: path('The file.', { aliases: ['dest', 'destfile', 'name'] }),
  block: text('The lines between the markers; without any the block is taken out.', {
    default: '',
    aliases: ['content'],
  }),
  state: choice(['present', 'absent'], 'Whether the block is to be there.', { default: 'present' }),
  marker: text('The line before and after the block; {mark} is BEGIN or END.', {
    default: '# {mark} ANSIBLE MANAGED BLOCK',
  }),
  marker_begin: text('What {mark} is before the block.', { default: 'BEGIN' }),
  marker_end: text('What {mark} is after the block.', { default: 'END' }),
  insertafter: optional(text('A new block goes after the last match of this, or to the end (EOF).')),
  insertbefore: optional(text('A new block goes before the last match of this, or to the beginning (BOF).')),
  append_newline: bool('An empty line follows the block.', { default: false }),
  prepend_newline: bool('An empty line precedes the block.', { default: false }),
  create: bool('Make the file when it is missing.', { default: false }),
  backup: bool('Keep the old file beside the new one.', { default: false }),
  validate: optional(text('A command that must accept the file before it is put in place; %s is its path.')),
  ...attributeArguments,
})

type Given = Arguments<typeof schema>

export default defineModule({
  name: 'blockinfile',
  summary: 'Makes sure that lines between two markers are in a text file, or are not.',
  touches: ['path'],
  args: schema,
  readsLater: ({ path }) => contentOf(path),
  plan: (given, planning) => {
    if (given.insertbefore !== undefined && given.insertafter !== undefined)
      return failed('insertbefore and insertafter are mutually exclusive')
    const at = hostPath(given.path, planning)
    if (given.state === 'absent' && given.create && planning.files.stat(at).status.type === 'absent')
      return unchanged({ msg: `File ${at} not present` })
    return editText(given, planning, (before) => {
      const text = withBlock(before ?? '', given)
      if (text === before) return { text: null, result: { msg: '' } }
      const msg =
        before === null
          ? 'File created'
          : given.state === 'absent' || given.block === ''
            ? 'Block removed'
            : 'Block inserted'
      return { text, result: { msg } }
    })
  },
})

function withBlock(text: string, given: Given): string {
  const lines: string[] = text.match(/[^\n]*\n|[^\n]+$/g) ?? []
  const [begin, end] = [given.marker_begin, given.marker_end].map(
    (mark) => `${given.marker.replaceAll('{mark}', () => mark)}\n`,
  ) as [string, string]
  const block =
    given.state === 'absent' || given.block === ''
      ? []
      : [begin, given.block.endsWith('\n') ? given.block : `${given.block}\n`, end]

  const marks = [lines.lastIndexOf(begin), lines.lastIndexOf(end)]
  const there = !marks.includes(-1)
  let at = there ? Math.min(...marks) : insertionPoint(text, lines, given)
  if (there) lines.splice(at, Math.max(...marks) - at + 1)

  if (at > 0) lines[at - 1] = lines[at - 1]!.replace(/(?<!\n)$/, '\n')
  const present = given.state === 'present'
  if (given.prepend_newline && present && at > 0 && lines[at - 1] !== '\n') lines.splice(at++, 0, '\n')
  lines.splice(at, 0, ...block)
  const after = at + block.length
  if (given.append_newline && present && after < lines.length && lines[after] !== '\n')
    lines.splice(after, 0, '\n')
  return lines.join('')
}

function insertionPoint(
  text: string,
  lines: readonly string[],
  { insertafter, insertbefore }: Given,
): number {
  if (insertbefore === 'BOF') return 0
  const pattern = insertbefore ?? insertafter ?? 'EOF'
  if (pattern === 'EOF') return lines.length
  const regex = pythonRegex(pattern, { global: false })
  // With (?m) the pattern is looked for in the text as a whole and may span lines.
  if (/^\(\?[a-zA-Z]*m/.test(pattern)) {
    const match = regex.exec(text)
    if (!match) return lines.length
    const end = match.index + (insertbefore === undefined ? match[0].length : 0)
    const before = text.slice(0, end).split('\n').length - 1
    return insertbefore === undefined ? before + 1 : before
  }
  const at = lines.findLastIndex((line) => regex.test(line.replace(/\n$/, '')))
  if (at < 0) return lines.length
  return insertbefore === undefined ? at + 1 : at
}
