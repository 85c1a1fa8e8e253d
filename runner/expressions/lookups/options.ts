import { Failure, type Item } from '../items.ts'

/** A lookup's options by name, with what holds when they are left out. @throws Failure for one that it does not have. */
export function optionsOf<T extends Record<string, Item>>(given: Item, usual: T): { [K in keyof T]: Item } {
  const named = given as Readonly<Record<string, Item>>
  for (const name of Object.keys(named)) {
    if (!Object.hasOwn(usual, name))
      throw new Failure(`'${name}' is not a valid option`, `it has ${Object.keys(usual).join(', ')}`)
  }
  return { ...usual, ...named }
}

/** `key=value` words behind the first word of a term, the old way to give options. */
export function inlineOptions(term: string): { word: string; options: Record<string, string> } {
  const words = term.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? []
  const options: Record<string, string> = {}
  const rest: string[] = []
  for (const word of words) {
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? []
    if (name === undefined) rest.push(word)
    else options[name] = value!.replace(/^(["'])(.*)\1$/s, '$2')
  }
  return { word: rest.join(' '), options }
}
