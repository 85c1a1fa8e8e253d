import apt from './apt.ts'
import { args, text } from './arguments.ts'
import { defineModule } from './module.ts'

/** The host's own package manager. It is apt: the roles and the sandbox are Debian's. */
export default defineModule({
  ...apt,
  name: 'package',
  summary: 'Installs, upgrades and removes packages with the host’s package manager, which is apt.',
  args: args({
    ...apt.args.properties,
    use: text('Accepted; apt is used.', { default: 'auto' }),
  }),
})
