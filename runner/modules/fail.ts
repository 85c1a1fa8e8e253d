import { args, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed } from './outcome.ts'

export default defineModule({
  name: 'fail',
  summary: 'Fails with a message.',
  args: args({ msg: text('Why.', { default: 'Failed as requested from task' }) }),
  controllerOnly: true,
  plan: ({ msg }) => failed(msg),
})
