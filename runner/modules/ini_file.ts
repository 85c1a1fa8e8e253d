import { args, bool, choice, item, list, optional, path, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed } from './outcome.ts'
import { attributeArguments } from './support/attributes.ts'
import { editText } from './support/edit-text.ts'
import { contentOf } from './support/reads-later.ts'
import { editIni } from './support/ini-text.ts'

export default defineModule({
  name: 'ini_file',
  summary: 'Sets options in INI files.',
  touches: ['path'],
  args: args({
    path: path('The file.', { aliases: ['dest'] }),
    section: optional(text('The section; without it what stands before the first one.')),
    option: optional(text('The option; without it the section as a whole.')),
    value: optional(text('Its value.')),
    values: optional(list(item.text, 'Values of an option that is there several times.')),
    state: choice(['present', 'absent'], 'Whether it is to be there.', { default: 'present' }),
    exclusive: bool('Other values of the option are removed.', { default: true }),
    allow_no_value: bool('The option may stand without a value.', { default: false }),
    no_extra_spaces: bool('No spaces around =.', { default: false }),
    ignore_spaces: bool('A line that differs in spaces around = only is left alone.', { default: false }),
    modify_inactive_option: bool('An option that is commented out is used for the new value.', {
      default: true,
    }),
    create: bool('Make the file when it is missing.', { default: true }),
    follow: bool('Accepted; links are followed.', { default: true }),
    backup: bool('Keep the old file beside the new one.', { default: false }),
    ...attributeArguments,
  }),
  readsLater: ({ path }) => contentOf(path),
  plan: (given, planning) => {
    if (given.value !== undefined && given.values !== undefined)
      return failed('value and values exclude each other')
    const values = given.value === undefined ? (given.values ?? []) : [given.value]
    if (
      given.state === 'present' &&
      given.option !== undefined &&
      !given.allow_no_value &&
      values.length === 0
    )
      return failed("Parameter 'value(s)' must be defined if state=present and allow_no_value=False.")
    return editText(given, planning, (before) => {
      const { text, msg } = editIni(before ?? '', { ...given, values: [...new Set(values)] })
      return { text: text === (before ?? '') ? null : text, result: { path: given.path, msg } }
    })
  },
})
