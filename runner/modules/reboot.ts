import { authoredScript, sh } from '../transport/shell.ts'
import { Unknown } from '../variables/unknown.ts'
import { args, int, item, list, optional, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { change, failed } from './outcome.ts'
import { waitUntilBack } from './support/until-back.ts'

const schema = args({
  reboot_timeout: int('Seconds within which it must be back.', { default: 600 }),
  pre_reboot_delay: int('Seconds before it goes down.', { default: 0 }),
  post_reboot_delay: int('Seconds to wait once it is back.', { default: 0 }),
  connect_timeout: optional(int('Accepted; the connection’s own timeout counts.')),
  msg: text('What users who are logged in are told.', { default: 'Reboot initiated by Ansible' }),
  test_command: text('A command that tells whether the host is ready.', { default: 'whoami' }),
  boot_time_command: text('A command whose output differs after a reboot.', {
    default: 'cat /proc/sys/kernel/random/boot_id',
  }),
  reboot_command: optional(text('The command that reboots. @default systemctl reboot')),
  search_paths: list(item.text, 'Accepted; the usual directories are searched.', {
    default: ['/sbin', '/bin', '/usr/sbin', '/usr/bin', '/usr/local/sbin'],
  }),
})

export default defineModule({
  name: 'reboot',
  summary: 'Reboots the host and waits until it is back.',
  args: schema,
  plan: (given, planning) => {
    if (planning.variable('ansible_connection') === 'local')
      return failed('Running reboot with local connection would reboot the control node.', {
        rebooted: false,
      })
    const command = given.reboot_command ?? 'systemctl reboot'
    const boot = authoredScript(given.boot_time_command)
    return change({
      diff: [{ path: 'host', attributes: [{ name: 'reboot', before: null, after: 'done' }] }],
      // A moment later, so that this answer still comes through.
      script: sh`PATH=$PATH:/usr/sbin:/sbin
${boot}
wall ${given.msg} 2>/dev/null
setsid -f sh -c ${`sleep ${Math.max(1, given.pre_reboot_delay)}; exec ${command}`} >/dev/null 2>&1 </dev/null`,
      after: [],
      sideEffects: true,
      result: { rebooted: true, elapsed: new Unknown({ what: 'the reboot' }) },
      follow: async (world, answer) => waitUntilBack(world, answer.stdout.toString('utf8'), given),
    })
  },
})
