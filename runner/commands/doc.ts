import type { Command } from 'commander'
import { UserError } from './fatal.ts'

/** Adds `doc [MODULE…]` to the program. */
export function registerDoc(program: Command): void {
  program
    .command('doc')
    .argument('[module...]')
    .description('list the modules, or explain their arguments')
    .action(async (names: string[]) => {
      const [{ describeModule, listModules }, { findModule, modules }, { suggestion }] = await Promise.all([
        import('./describe-module.ts'),
        import('../modules/table.ts'),
        import('../source/nearest.ts'),
      ])
      const texts = names.map((name) => {
        const module = findModule(name.replace(/^(?:\w+\.)+/, ''))
        if (module) return describeModule(module)
        const near = suggestion(
          name,
          modules.map((each) => each.name),
        )
        throw new UserError(`there is no module '${name}'; ${near ?? '`play doc` lists them'}`)
      })
      process.stdout.write(names.length === 0 ? listModules(modules) : texts.join('\n'))
    })
}
