import { args, bool, choice, int, optional, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed } from './outcome.ts'
import { sequence } from './support/sequence.ts'
import { planUnit } from './support/units/plan-unit.ts'
import { reloadManager } from './support/units/reload-manager.ts'
import { unitName } from './support/units/unit-name.ts'

export default defineModule({
  name: 'service',
  aliases: ['sysvinit'],
  summary: 'Starts, stops and enables services.',
  args: args({
    name: text('The service.'),
    state: optional(choice(['reloaded', 'restarted', 'started', 'stopped'], 'Whether it is to run.')),
    enabled: optional(bool('Whether it is to start at boot.')),
    sleep: optional(int('Seconds between stopping and starting when it is restarted.')),
    pattern: optional(text('Accepted; systemd knows what runs.')),
    arguments: optional(text('Accepted; systemd gives no more arguments.', { aliases: ['args'] })),
    runlevel: text('Accepted; systemd has targets.', { default: 'default' }),
    daemon_reload: bool('Let systemd read its unit files first, if any have changed.', {
      default: false,
      aliases: ['daemon-reload'],
    }),
    use: text('Accepted; services are systemd’s.', { default: 'auto' }),
  }),
  plan: (given, planning) => {
    if (given.state === undefined && given.enabled === undefined) return failed('give state or enabled')
    try {
      unitName(given.name)
    } catch (error) {
      if (error instanceof RangeError) return failed(error.message)
      throw error
    }
    const unit = (inside: typeof planning) =>
      planUnit(
        { name: given.name, scope: 'system', state: given.state, enabled: given.enabled, sleep: given.sleep },
        inside,
      )
    if (!given.daemon_reload) return unit(planning)
    return sequence(planning, [(inside) => reloadManager('system', inside), unit], (results) =>
      results.at(-1)!,
    )
  },
})
