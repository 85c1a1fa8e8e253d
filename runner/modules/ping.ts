import { args, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed, unchanged } from './outcome.ts'

export default defineModule({
  name: 'ping',
  summary: 'Sees whether the host can be reached and logged in to.',
  args: args({ data: text('What the answer holds; `crash` fails.', { default: 'pong' }) }),
  looksOnly: true,
  plan: ({ data }, planning) => {
    planning.identity()
    return data === 'crash'
      ? failed('boom', { module_stdout: '', module_stderr: 'Exception: boom\n', rc: 1 })
      : unchanged({ ping: data })
  },
})
