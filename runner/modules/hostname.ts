import { effect } from '../host/state.ts'
import { runningHostname } from '../resources/running-hostname.ts'
import { sh } from '../transport/shell.ts'
import { args, choice, optional, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { change, failed, type Outcome, unchanged } from './outcome.ts'
import { placeFile } from './support/place-file.ts'
import { sequence } from './support/sequence.ts'

export default defineModule({
  name: 'hostname',
  summary: 'Sets the host’s name, for now and for the next boot.',
  args: args({
    name: text('The name.'),
    use: optional(
      choice(
        [
          'alpine',
          'debian',
          'freebsd',
          'generic',
          'macos',
          'macosx',
          'darwin',
          'openbsd',
          'openrc',
          'redhat',
          'sles',
          'solaris',
          'systemd',
        ],
        'Accepted; /etc/hostname and the kernel are set.',
      ),
    ),
  }),
  reads: () => [{ kind: runningHostname, key: 'kernel' }],
  plan: ({ name }, planning) => {
    if (!/^[A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?$/.test(name))
      return failed(`'${name}' is no host name: letters, digits, - and . only, 64 at most`)
    const facts = {
      hostname: name.split('.')[0]!,
      nodename: name,
      fqdn: name,
      domain: name.split('.').slice(1).join('.'),
    }
    return sequence(
      planning,
      [(inside) => writeName(name, inside), (inside) => setRunning(name, inside)],
      () => ({
        name,
        ansible_facts: Object.fromEntries(
          Object.entries(facts).map(([key, value]) => [`ansible_${key}`, value]),
        ),
      }),
    )
  },
})

function writeName(name: string, planning: Planning): Outcome {
  // The file keeps comments and white space that say the same.
  const now = planning.files.read('/etc/hostname')?.toString('utf8')
  if (now?.trim() === name) return unchanged()
  return placeFile(
    { path: '/etc/hostname', bytes: Buffer.from(`${name}\n`), attributes: { mode: '0644' }, follow: true },
    planning,
  )
}

function setRunning(name: string, { state }: Planning): Outcome {
  const now = state.read(runningHostname, 'kernel')
  if (now === name) return unchanged()
  return change({
    diff: [{ path: 'hostname', attributes: [{ name: 'name', before: now, after: name }] }],
    script: sh`hostname -- ${name} 2>/dev/null || printf '%s' ${name} > /proc/sys/kernel/hostname`,
    after: [effect(runningHostname, 'kernel', name)],
    result: {},
  })
}
