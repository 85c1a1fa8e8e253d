import type { Command } from 'commander'
import { UserError } from './fatal.ts'

/** What there are schemas of. */
const KINDS = ['playbook', 'tasks', 'handlers', 'inventory'] as const

/** Adds `schema [playbook|tasks|handlers|inventory]` to the program. */
export function registerSchema(program: Command): void {
  program
    .command('schema')
    .argument('[kind]', KINDS.join(', '), 'playbook')
    .description('print a JSON schema for editors')
    .action(async (kind: string) => {
      process.stdout.write(`${JSON.stringify(await schemaOf(kind))}\n`)
    })
}

async function schemaOf(kind: string): Promise<object> {
  if (kind === 'inventory') return (await import('../inventory/schema.ts')).InventorySchema
  if (!KINDS.some((each) => each === kind))
    throw new UserError(`there is a schema of ${KINDS.join(', ')}, not of '${kind}'`)
  const [{ editorSchema }, { findModule, modules }] = await Promise.all([
    import('../source/editor.ts'),
    import('../modules/table.ts'),
  ])
  const schema = editorSchema({ get: findModule, names: () => modules.map(({ name }) => name) })
  if (kind === 'playbook') return schema
  const { $schema, definitions } = schema
  return { $schema, title: kind, $ref: `#/definitions/${kind}`, definitions }
}
