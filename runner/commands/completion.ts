import { Command } from 'commander'
import { COMMANDS } from './main.ts'
import { UserError } from './fatal.ts'

/** Adds `completion bash|zsh|fish` to the program. */
export function registerCompletion(program: Command): void {
  program
    .command('completion')
    .argument('<shell>', 'bash, zsh or fish')
    .description('print a completion script: source <(play completion bash)')
    .action(async (shell: string) => {
      const { completionScript, SHELLS } = await import('./completion-script.ts')
      const known = SHELLS.find((each) => each === shell)
      if (!known) throw new UserError(`there are completions for ${SHELLS.join(', ')}, not for '${shell}'`)
      process.stdout.write(completionScript(known, await everyCommand()))
    })
}

/** Every command with its options, as they are registered. */
async function everyCommand(): Promise<Command> {
  const whole = new Command('play')
  const { registerRun } = await import('./run.ts')
  registerRun(whole, '')
  for (const { register } of Object.values(COMMANDS)) await register(whole)
  return whole
}
