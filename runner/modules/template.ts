import { posix } from 'node:path'
import { Unknown } from '../variables/unknown.ts'
import { args, bool, choice, optional, path, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed } from './outcome.ts'
import { encode } from './support/encode.ts'
import { attributeArguments } from './support/attributes.ts'
import { hostPath } from './support/host-path.ts'
import { placeFile } from './support/place-file.ts'
import { digestOf } from './support/reads-later.ts'

const LINE_ENDS = { '\\n': '\n', '\\r': '\r', '\\r\\n': '\r\n', '\n': '\n', '\r': '\r', '\r\n': '\r\n' }

export default defineModule({
  name: 'template',
  summary: 'Renders a template of the author (EJS, or Jinja for `.j2`) to a file on the host.',
  touches: ['dest'],
  args: args({
    src: path('The template: in `templates/` of the role or beside the playbook.'),
    dest: path('Absolute path on the host.'),
    ...attributeArguments,
    force: bool('Replace a file that is there with other content.', { default: true }),
    backup: bool('Keep the old file beside the new one.', { default: false }),
    follow: bool('Write through a link at `dest`.', { default: false }),
    validate: optional(
      text('A command that must accept the file before it is put in place; %s is its path.'),
    ),
    newline_sequence: choice(['\\n', '\\r', '\\r\\n', '\n', '\r', '\r\n'], 'How lines end.', {
      default: '\n',
    }),
    trim_blocks: bool('Jinja: drop the newline after a block.', { default: true }),
    lstrip_blocks: bool('Jinja: drop the white space before a block.', { default: false }),
    block_start_string: optional(text('Jinja: what begins a statement.')),
    block_end_string: optional(text('Jinja: what ends a statement.')),
    variable_start_string: optional(text('Jinja: what begins an expression.')),
    variable_end_string: optional(text('Jinja: what ends an expression.')),
    comment_start_string: optional(text('Jinja: what begins a comment.')),
    comment_end_string: optional(text('Jinja: what ends a comment.')),
    output_encoding: text('The encoding of the file.', { default: 'utf-8' }),
  }),
  readsLater: ({ dest }) => digestOf(dest),
  plan: (given, planning) => {
    const file = planning.author.find('templates', given.src)
    if (file.directory) return failed(`${given.src} is a directory; a template is a file`)
    const { mode: _, ...options } = given
    const { text: rendered } = planning.render(file.path, options)
    const dest = hostPath(given.dest, planning)
    const name = posix.basename(file.path).replace(/\.(ejs|j2)$/, '')
    const into = given.dest.endsWith('/') || planning.files.container(dest).status.type === 'directory'
    const target = into ? posix.join(dest, name) : dest
    if (!given.force && planning.files.stat(target).status.type !== 'absent') {
      return { type: 'unchanged', result: { dest: target, msg: 'file already exists' } }
    }
    return placeFile(
      {
        path: target,
        bytes:
          rendered instanceof Unknown
            ? rendered
            : encode(
                rendered.replaceAll(/\r\n|\r|\n/g, LINE_ENDS[given.newline_sequence]),
                given.output_encoding,
              ),
        attributes: { ...given, mode: given.mode === 'preserve' ? file.mode : given.mode },
        follow: given.follow,
        validate: given.validate,
        backup: given.backup,
        result: { src: file.path },
      },
      planning,
    )
  },
})
