import type { AnyModule } from '../modules/module.ts'

/** One line for each module. */
export function listModules(modules: readonly AnyModule[]): string {
  const sorted = modules.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const width = Math.max(...sorted.map(({ name }) => name.length))
  return sorted.map(({ name, summary }) => `${name.padEnd(width)}  ${summary}\n`).join('')
}

interface ArgumentSchema {
  readonly description?: string
  readonly ansible?: string
  readonly aliases?: readonly string[]
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly items?: ArgumentSchema
  readonly properties?: Readonly<Record<string, ArgumentSchema>>
  readonly required?: readonly string[]
}

/** A module's arguments with their types, defaults, other names and choices, and what a dry run tells of it. */
export function describeModule(module: AnyModule): string {
  const lines = [
    module.name,
    `  ${module.summary}`,
    ...(module.aliases ? [`  Also: ${module.aliases.join(', ')}`] : []),
    ...wrap(`Dry run: ${module.preview ?? 'tells the whole change and its result.'}`, 2),
    ...(module.freeForm === undefined ? [] : [`  Free form: ${module.name}: <${module.freeForm}>`]),
    '',
    ...argumentLines(module.args as ArgumentSchema, 2),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

function argumentLines({ properties = {}, required = [] }: ArgumentSchema, indent: number): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const needed = required.includes(name) && schema.default === undefined
    return [
      `${' '.repeat(indent)}${name}  (${[typeOf(schema), needed ? 'required' : ''].filter(Boolean).join(', ')})`,
      ...wrap(schema.description ?? '', indent + 4),
      ...notes(schema).flatMap((note) => wrap(note, indent + 4)),
      ...argumentLines(schema.items ?? schema, indent + 4),
    ]
  })
}

function typeOf({ ansible, items }: ArgumentSchema): string {
  return ansible === 'list' && items?.ansible ? `list of ${items.ansible}` : (ansible ?? 'any')
}

function notes({ aliases, enum: choices, default: usual }: ArgumentSchema): string[] {
  return [
    ...(choices ? [`One of ${choices.map((each) => JSON.stringify(each)).join(', ')}.`] : []),
    ...(usual === undefined ? [] : [`Default: ${JSON.stringify(usual)}`]),
    ...(aliases && aliases.length > 0 ? [`Also: ${aliases.join(', ')}`] : []),
  ]
}

const WIDTH = 100

function wrap(text: string, indent: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line !== '' && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].filter(Boolean).map((each) => ' '.repeat(indent) + each)
}
