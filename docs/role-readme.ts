import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

interface Option {
  readonly type?: string
  readonly elements?: string
  readonly required?: boolean
  readonly default?: unknown
  readonly choices?: readonly unknown[]
  readonly description?: string | readonly string[]
  readonly options?: Readonly<Record<string, Option>>
}

interface Specs {
  readonly argument_specs: {
    readonly main: {
      readonly short_description: string
      readonly description?: string | readonly string[]
      readonly options: Readonly<Record<string, Option>>
    }
  }
}

/** A role's README.md, made from its `meta/argument_specs.yml`. */
export function roleReadme(role: string, directory: string): string {
  const file = join(directory, 'meta/argument_specs.yml')
  const { main } = (parse(readFileSync(file, 'utf8'), { version: '1.1' }) as Specs).argument_specs
  const rows = [...rowsOf(main.options)]
  return `<!-- Made from meta/argument_specs.yml by \`node docs/generate.ts\`. -->

# ${role}

${sentences(main.short_description)}

${[main.description ?? []].flat().map(sentences).join('\n\n')}

## Variables

| variable | type | default | what it is |
| --- | --- | --- | --- |
${rows.map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n')}
`
}

function* rowsOf(options: Readonly<Record<string, Option>>, prefix = ''): Generator<string[]> {
  for (const [name, option] of Object.entries(options)) {
    const { type = 'str', elements, required, description = [], choices } = option
    const about = [
      ...[description].flat().map(sentences),
      ...(choices ? [`One of ${choices.map((each) => code(each)).join(', ')}.`] : []),
    ]
    yield [
      code(prefix + name),
      elements === undefined ? type : `${type} of ${elements}`,
      Object.hasOwn(option, 'default') ? code(option.default) : required ? 'required' : '',
      about.join(' '),
    ]
    if (option.options) yield* rowsOf(option.options, `${prefix}${name}.`)
  }
}

function code(value: unknown): string {
  const text = typeof value === 'string' && value !== '' ? value : JSON.stringify(value)
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``
}

/** Ansible's markup (`C(code)`) in Markdown, ending in a full stop. */
function sentences(text: string): string {
  const plain = text.trim().replaceAll(/\b[CVO]\(([^)]*)\)/g, '`$1`')
  return /[.!?:]$/.test(plain) ? plain : `${plain}.`
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`).replaceAll(/\s*\n\s*/g, ' ')
}
