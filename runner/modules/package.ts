import { Type } from 'typebox'
import apt from './apt.ts'
import { text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed } from './outcome.ts'

const known = { ...apt.args.properties, use: text('Accepted; apt is used.', { default: 'auto' }) }

/**
 * The host's own package manager. It is apt: the roles and the sandbox are Debian's. What is meant for another one
 * (`enablerepo`) is no mistake until a task with it runs, as in Ansible.
 */
export default defineModule({
  ...apt,
  name: 'package',
  summary: 'Installs, upgrades and removes packages with the host’s package manager, which is apt.',
  args: Type.Object(known, { additionalProperties: Type.Unknown({ ansible: 'raw' }) }),
  plan: (args, planning) => {
    const others = Object.keys(args).filter((name) => !Object.hasOwn(known, name))
    if (others.length > 0) return failed(`not among the arguments of apt: ${others.join(', ')}`)
    return apt.plan(args, planning)
  },
})
