import { content } from '../resources/content.ts'
import { firewall } from '../resources/firewall.ts'
import { path as pathKind } from '../resources/path.ts'
import { resource } from '../resources/resource.ts'
import type { Dict } from '../variables/value.ts'
import { type Arguments, args, bool, choice, item, list, optional } from './arguments.ts'
import { defineModule } from './module.ts'
import { normalizeArguments } from './normalize.ts'
import { failed } from './outcome.ts'
import { removeNumbered, setRule } from './support/firewall/commands.ts'
import { openFirewall } from './support/firewall/firewall.ts'
import { ruleAction, rulePackets } from './support/firewall/rule-arguments.ts'
import { numbersInTheWay, rulesOfAll } from './support/firewall/rule-set.ts'
import { CONFIGURATION, DEFAULTS } from './support/firewall/settings.ts'
import { sequence } from './support/sequence.ts'

const ruleSchema = args({
  rule: ruleAction,
  direction: optional(choice(['in', 'out'], 'Where the packets go.')),
  ...rulePackets,
})

/** A rule of the list, its defaults filled in. */
export type ListedRule = Arguments<typeof ruleSchema>

export default defineModule({
  name: 'ufw_rules',
  summary: "Makes ufw's rules those of a list, in its order, and no others.",
  args: args({
    rules: list(
      item.dict,
      'The rules, as `ufw` takes them: rule, port, proto, from, to, direction, interface, comment and so on.',
    ),
    exclusive: bool('Remove rules that are not in the list, and put those that are into its order.', {
      default: true,
    }),
  }),
  reads: () => [
    resource(firewall, 'ufw'),
    ...[DEFAULTS, CONFIGURATION].flatMap((file) => [resource(pathKind, file), resource(content, file)]),
  ],
  plan: (given, planning) => {
    const rules: ListedRule[] = []
    for (const [index, rule] of given.rules.entries()) {
      const normal = normalizeArguments({ name: 'ufw_rules', args: ruleSchema }, rule as Dict)
      if ('errors' in normal) return failed(`rules[${index}]: ${normal.errors.join('; ')}`)
      const listed = normal.args as unknown as ListedRule
      if (listed.interface !== undefined && listed.direction === undefined)
        return failed(`rules[${index}]: 'interface' needs 'direction' too`)
      rules.push(listed)
    }
    if (planning.identity().uid !== 0) return failed('ERROR: You need to be root to run this script')
    const present = openFirewall(planning)
    if (!present) {
      return failed('Failed to find required executable "ufw" in paths: it has to be installed first')
    }
    const { lists, settings } = present
    const numbers = given.exclusive
      ? numbersInTheWay(lists, rulesOfAll(rules, planning, settings.ipv6), settings.ipv6)
      : []
    return sequence(
      planning,
      [
        // From the last to the first, so that the numbers of the others stay.
        ...numbers.toReversed().map((number) => (inside: typeof planning) => removeNumbered(number, inside)),
        ...rules.map(
          (rule) => (inside: typeof planning) =>
            setRule({ ...rule, delete: false, insert_relative_to: 'zero' }, inside),
        ),
      ],
      (results) => ({ commands: results.flatMap(({ commands }) => commands as string[]) }),
    )
  },
})
