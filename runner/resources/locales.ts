import { sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

/** The locales that the host has, as `locale -a` names them; there is one list, its key is ''. */
export const locales = defineResource<string, readonly string[]>({
  name: 'locales',
  id: (key) => key,
  read: () => sh`locale -a 2>/dev/null; :`,
  parse: (answer, keys) => {
    const names = answer.toString('utf8').split('\n').filter(Boolean).sort()
    return keys.map(() => names)
  },
  // Only what was asked for is foretold.
  matches: (predicted, observed) => predicted.every((name) => observed.includes(name)),
})

/** `de_DE.utf8` for `de_DE.UTF-8`: the spelling of `locale -a`. */
export function localeKey(name: string): string {
  const [, territory = '', codeset, modifier = ''] = /^([^.@]+)(?:\.([^@]+))?(@.*)?$/.exec(name) ?? [
    name,
    name,
  ]
  return territory + (codeset === undefined ? '' : `.${codeset.toLowerCase().replaceAll('-', '')}`) + modifier
}
