import { resource } from '../resources/resource.ts'
import { unit } from '../resources/unit.ts'
import { unitFiles } from '../resources/unit-files.ts'
import { args, bool, choice, optional, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed } from './outcome.ts'
import { sequence } from './support/sequence.ts'
import { planUnit } from './support/units/plan-unit.ts'
import { reexecuteManager, reloadManager } from './support/units/reload-manager.ts'
import { unitName } from './support/units/unit-name.ts'

export default defineModule({
  name: 'systemd',
  aliases: ['systemd_service'],
  summary: 'Starts, stops, enables and masks units of systemd.',
  args: args({
    name: optional(text('The unit; without a type it is a service.', { aliases: ['service', 'unit'] })),
    state: optional(choice(['reloaded', 'restarted', 'started', 'stopped'], 'Whether it is to run.')),
    enabled: optional(bool('Whether it is to start at boot.')),
    force: bool('Accepted; links that stand in the way are replaced only by hand.', { default: false }),
    masked: optional(bool('Whether it cannot be started at all.')),
    daemon_reload: bool('Let systemd read its unit files first, if any have changed.', {
      default: false,
      aliases: ['daemon-reload'],
    }),
    daemon_reexec: bool('Start systemd itself anew first.', { default: false, aliases: ['daemon-reexec'] }),
    no_block: bool('Do not wait until it has started or stopped.', { default: false }),
    scope: choice(['system', 'user', 'global'], 'Whose units: the host’s, or those of the task’s user.', {
      default: 'system',
    }),
  }),
  plan: (given, planning) => {
    const { name, scope } = given
    if (scope === 'global') return failed("scope 'global' is not supported; use 'system' or 'user'")
    if (name === undefined) {
      if (given.state !== undefined || given.enabled !== undefined || given.masked !== undefined)
        return failed('state, enabled and masked need the name of a unit')
      if (!given.daemon_reload && !given.daemon_reexec)
        return failed('give the name of a unit, daemon_reload or daemon_reexec')
    } else {
      try {
        unitName(name)
      } catch (error) {
        if (error instanceof RangeError) return failed(error.message)
        throw error
      }
    }
    // In one go with what is asked for below.
    if (given.daemon_reload) {
      const unitOf = name === undefined ? [] : [resource(unit, { name: unitName(name), scope })]
      planning.state.want([resource(unitFiles, scope), ...unitOf])
    }
    return sequence(planning, [
      ...(given.daemon_reload ? [(inside: typeof planning) => reloadManager(scope, inside)] : []),
      ...(given.daemon_reexec ? [() => reexecuteManager(scope)] : []),
      ...(name === undefined
        ? []
        : [
            (inside: typeof planning) =>
              planUnit(
                {
                  name,
                  scope,
                  state: given.state,
                  enabled: given.enabled,
                  masked: given.masked,
                  noBlock: given.no_block,
                },
                inside,
              ),
          ]),
    ])
  },
})
