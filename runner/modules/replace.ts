import { Failure } from '../expressions/items.ts'
import { checkReplacement, expandReplacement, pythonRegex } from '../expressions/python/regex.ts'
import { args, bool, optional, path, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { attributeArguments } from './support/attributes.ts'
import { editText } from './support/edit-text.ts'
import { contentOf } from './support/reads-later.ts'

export default defineModule({
  name: 'replace',
  summary: 'Replaces every match of a regular expression in a text file.',
  touches: ['path'],
  args: args({
    path: path('The file.', { aliases: ['dest', 'destfile', 'name'] }),
    regexp: text('What is replaced; ^ and $ match at every line, . no line end.'),
    replace: text(
      'What stands there instead; \\1 and \\g<name> are groups. Without it matches are removed.',
      {
        default: '',
      },
    ),
    after: optional(text('Only what follows a match of this, up to `before` or the end.')),
    before: optional(text('Only what precedes a match of this.')),
    encoding: text('Accepted; bytes that are no UTF-8 come through unharmed.', { default: 'utf-8' }),
    backup: bool('Keep the old file beside the new one.', { default: false }),
    validate: optional(
      text('A command that must accept the file before it is put in place; %s is its path.'),
    ),
    ...attributeArguments,
  }),
  readsLater: ({ path }) => contentOf(path),
  plan: (given, planning) => {
    inItsWords(() => checkReplacement(given.replace))
    return editText({ ...given, create: false }, planning, (before) => {
      const text = before ?? ''
      const section = sectionOf(text, given)
      if (section === undefined) {
        const msg = 'Pattern for before/after params did not match the given file'
        return { text: null, result: { msg, rc: 0 } }
      }
      const pattern = pythonRegex(given.regexp, { multiline: true })
      let count = 0
      const replaced = text.slice(section.start, section.end).replace(pattern, (...match) => {
        count++
        return expanded(given.replace, matchOf(match))
      })
      const after = text.slice(0, section.start) + replaced + text.slice(section.end)
      const same = after === text
      return {
        text: same ? null : after,
        result: { msg: same ? '' : `${count} replacements made`, rc: 0 },
      }
    })
  },
})

/** Where `after` and `before` leave something to replace; undefined where they do not match. */
function sectionOf(
  text: string,
  { after = '', before = '' }: { after?: string; before?: string },
): { start: number; end: number } | undefined {
  if (after === '' && before === '') return { start: 0, end: text.length }
  const some = after !== '' && before !== '' ? '.*?' : '.*'
  const { source, flags } = pythonRegex(`(?s)${after}(?P<subsection>${some})${before}`, { global: false })
  const indices = new RegExp(source, `${flags}d`).exec(text)?.indices?.groups?.['subsection']
  return indices && { start: indices[0], end: indices[1] }
}

/** What `String.replace` hands over, as a match. */
function matchOf(parts: readonly unknown[]): RegExpMatchArray {
  const named = typeof parts.at(-1) === 'object' ? 1 : 0
  const groups = parts.slice(0, parts.length - 2 - named) as string[]
  return Object.assign(
    groups,
    named ? { groups: parts.at(-1) as Record<string, string> } : {},
  ) as RegExpMatchArray
}

function expanded(replacement: string, match: RegExpMatchArray): string {
  return inItsWords(() => expandReplacement(replacement, match))
}

function inItsWords<Result>(expand: () => Result): Result {
  try {
    return expand()
  } catch (error) {
    if (error instanceof Failure)
      throw new Failure(`Unable to process replace due to error: ${error.message}`, error.hint)
    throw error
  }
}
