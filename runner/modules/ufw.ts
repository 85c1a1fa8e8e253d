import { content } from '../resources/content.ts'
import { firewall } from '../resources/firewall.ts'
import { path as pathKind } from '../resources/path.ts'
import { resource } from '../resources/resource.ts'
import { type Arguments, args, bool, choice, int, optional } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { failed, type Outcome } from './outcome.ts'
import { setDefault, setLogging, setRule, setState } from './support/firewall/commands.ts'
import { openFirewall } from './support/firewall/firewall.ts'
import { ruleAction, rulePackets } from './support/firewall/rule-arguments.ts'
import { CONFIGURATION, DEFAULTS } from './support/firewall/settings.ts'
import { sequence } from './support/sequence.ts'

const schema = args({
  state: optional(
    choice(
      ['enabled', 'disabled', 'reloaded', 'reset'],
      'On or off, now and at boot; read anew; or without any rules and off.',
    ),
  ),
  default: optional(
    choice(['allow', 'deny', 'reject'], 'What happens without a rule, in a `direction`.', {
      aliases: ['policy'],
    }),
  ),
  logging: optional(choice(['on', 'off', 'low', 'medium', 'high', 'full'], 'What is logged.')),
  direction: optional(
    choice(
      ['in', 'incoming', 'out', 'outgoing', 'routed'],
      'of a rule: in, out; of a default: incoming, outgoing, routed.',
    ),
  ),
  rule: optional(ruleAction),
  delete: bool('Remove the rule.', { default: false }),
  insert: optional(int('The number to insert the rule at; a rule that is there is not moved.')),
  insert_relative_to: choice(
    ['zero', 'first-ipv4', 'last-ipv4', 'first-ipv6', 'last-ipv6'],
    'What `insert` counts from: 0 is before that rule.',
    { default: 'zero' },
  ),
  ...rulePackets,
})

type Given = Arguments<typeof schema>

export default defineModule({
  name: 'ufw',
  summary: "Sets ufw's rules, defaults and logging, and switches it on and off.",
  args: schema,
  reads: () => [
    resource(firewall, 'ufw'),
    ...[DEFAULTS, CONFIGURATION].flatMap((file) => [resource(pathKind, file), resource(content, file)]),
  ],
  plan: (given, planning) => {
    const wrong = misused(given)
    if (wrong !== undefined) return failed(wrong)
    if (planning.identity().uid !== 0) return failed('ERROR: You need to be root to run this script')
    if (!openFirewall(planning)) {
      return failed('Failed to find required executable "ufw" in paths: it has to be installed first')
    }
    return sequence(planning, steps(given), (results) => ({
      commands: results.flatMap(({ commands }) => commands as string[]),
    }))
  },
})

// In the order in which Ansible goes through them.
function steps(given: Given): ((planning: Planning) => Outcome)[] {
  const { state, logging, default: policy, rule } = given
  return [
    ...(state === undefined ? [] : [(inside: Planning) => setState(state, inside)]),
    ...(policy === undefined
      ? []
      : [(inside: Planning) => setDefault(policy, given.direction ?? 'incoming', inside)]),
    ...(rule === undefined ? [] : [(inside: Planning) => setRule({ ...given, rule }, inside)]),
    ...(logging === undefined ? [] : [(inside: Planning) => setLogging(logging, inside)]),
  ]
}

function misused(given: Given): string | undefined {
  const { state, logging, default: policy, rule, direction, interface_in, interface_out, name, proto } = given
  if ([state, policy, rule, logging].every((each) => each === undefined))
    return 'one of the following is required: state, default, rule, logging'
  if (given.interface !== undefined && direction === undefined) return "'interface' needs 'direction' too"
  if (direction !== undefined && (interface_in !== undefined || interface_out !== undefined))
    return "'direction' excludes 'interface_in' and 'interface_out'"
  if ([name, proto, logging].filter((each) => each !== undefined).length > 1)
    return "'name', 'proto' and 'logging' exclude each other"
  if (policy !== undefined && (direction === 'in' || direction === 'out'))
    return 'For default, direction must be one of "outgoing", "incoming" and "routed", or direction must not be specified.'
  if (rule === undefined) return undefined
  if (direction !== undefined && direction !== 'in' && direction !== 'out')
    return 'For rules, direction must be one of "in" and "out", or direction must not be specified.'
  if (!given.route && interface_in !== undefined && interface_out !== undefined)
    return 'Only route rules can combine interface_in and interface_out'
  return undefined
}
