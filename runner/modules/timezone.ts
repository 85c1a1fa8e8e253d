import { effect } from '../host/state.ts'
import { presentPath } from '../host/files.ts'
import { digest } from '../resources/digest.ts'
import { path as pathKind } from '../resources/path.ts'
import { resource } from '../resources/resource.ts'
import { sh } from '../transport/shell.ts'
import { args, choice, optional, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { change, failed, type Outcome, unchanged } from './outcome.ts'
import { placeFile } from './support/place-file.ts'
import { sequence } from './support/sequence.ts'

export default defineModule({
  name: 'timezone',
  summary: 'Sets the time zone.',
  args: args({
    name: optional(text('Its name, as under /usr/share/zoneinfo.')),
    hwclock: optional(
      choice(['local', 'UTC'], 'Accepted for UTC; the hardware clock is left alone.', { aliases: ['rtc'] }),
    ),
  }),
  reads: ({ name }) => [
    ...(name === undefined ? [] : [resource(pathKind, `/usr/share/zoneinfo/${name}`)]),
    resource(pathKind, '/etc/localtime'),
    resource(pathKind, '/etc/timezone'),
    resource(digest, '/etc/timezone'),
  ],
  plan: ({ name, hwclock }, planning) => {
    if (hwclock === 'local') return failed('hwclock: local is not supported; a server’s clock keeps UTC')
    if (name === undefined) return failed('name is required')
    const zone = `/usr/share/zoneinfo/${name}`
    if (name.includes('..') || planning.files.stat(zone).status.type !== 'file') {
      return failed(`${name} is not an available timezone: there is no ${zone}`)
    }
    return sequence(
      planning,
      [(inside) => linkTo(zone, inside), (inside) => writeName(name, inside)],
      () => ({ name }),
    )
  },
})

function linkTo(zone: string, { files }: Planning): Outcome {
  const { status } = files.lstat('/etc/localtime')
  const now = status.type === 'link' ? status.target! : null
  if (now !== null && (now === zone || now === `..${zone}`)) return unchanged()
  return change({
    diff: [{ path: '/etc/localtime', attributes: [{ name: 'link to', before: now, after: zone }] }],
    script: sh`ln -sfnT -- ${zone} /etc/.localtime.new && mv -fT /etc/.localtime.new /etc/localtime`,
    after: [
      effect(
        pathKind,
        '/etc/localtime',
        presentPath({ type: 'link', mode: 0o777, owner: 'root', group: 'root', target: zone }),
      ),
    ],
    result: {},
  })
}

// Debian 13 has no /etc/timezone any more; where there is one it must say the same.
function writeName(name: string, planning: Planning): Outcome {
  if (planning.files.stat('/etc/timezone').status.type === 'absent') return unchanged()
  return placeFile(
    { path: '/etc/timezone', bytes: Buffer.from(`${name}\n`), attributes: {}, follow: true },
    planning,
  )
}
