import { packageKind } from '../../resources/package.ts'
import { Unknown } from '../../variables/unknown.ts'
import type { Call, Program } from '../sh/shell.ts'
import { type Status, truth } from '../sh/text.ts'
import { compareVersions } from '../version.ts'
import { alternatives } from './alternatives.ts'
import { beyond, takeOptions } from './arguments.ts'

/** dpkg's own programs. */
export const dpkgPrograms: Readonly<Record<string, Program>> = {
  dpkg: (call) => {
    const [first, a, operator, b] = call.words
    if (first === '--compare-versions') {
      if (a instanceof Unknown || b instanceof Unknown || operator instanceof Unknown)
        return new Unknown({ what: 'a version' })
      return compare(a ?? '', operator ?? '', b ?? '')
    }
    if (first === '-s' || first === '--status') return installed(call, a)
    const because = new Unknown({ what: `\`dpkg ${String(first)}\`` })
    call.print(because)
    return because
  },
  'dpkg-query': (call) => {
    const because = new Unknown({ what: '`dpkg-query`' })
    call.print(because)
    return because
  },
  'dpkg-maintscript-helper': maintscriptHelper,
  'dpkg-statoverride': (call) => {
    const options = takeOptions(call.words)
    if (options instanceof Unknown) return beyond(call)
    const { flags, rest } = options
    if (flags.has('--list')) return listed(rest[0] ?? '', call)
    if (flags.has('--add')) {
      const [owner = '', group = '', mode = '', path = ''] = rest
      return flags.has('--update') ? truth(call.machine.change(path, { owner, group, mode })) : 0
    }
    return flags.has('--remove') ? 0 : beyond(call)
  },
  'dpkg-divert': (call) => {
    const options = takeOptions(call.words, ['--package', '--divert'])
    if (options instanceof Unknown) return beyond(call)
    if (
      options.flags.has('--list') ||
      options.flags.has('--truename') ||
      options.flags.has('--listpackage')
    ) {
      call.print(options.flags.has('--truename') ? `${options.rest[0] ?? ''}\n` : '')
      return 0
    }
    return beyond(call)
  },
  'dpkg-trigger': () => 0,
  'dpkg-reconfigure': beyond,
  'update-alternatives': alternatives,
}

function compare(a: string, operator: string, b: string): Status {
  // An empty version is older than any, but for the operators that end in `-nl`: for those it is newer.
  if (a === '' || b === '') {
    const order = a === b ? 0 : (a === '' ? -1 : 1) * (operator.endsWith('-nl') ? -1 : 1)
    return truth(holds(order, operator.replace(/-nl$/, '')))
  }
  return truth(holds(compareVersions(a, b), operator.replace(/-nl$/, '')))
}

function holds(order: number, operator: string): boolean {
  switch (operator) {
    case 'lt':
    case '<<':
      return order < 0
    case 'le':
    case '<':
    case '<=':
      return order <= 0
    case 'eq':
    case '=':
      return order === 0
    case 'ne':
      return order !== 0
    case 'ge':
    case '>':
    case '>=':
      return order >= 0
    default:
      return order > 0
  }
}

function installed({ machine, print }: Call, name: Call['words'][number] | undefined): Status {
  if (name === undefined || name instanceof Unknown) return new Unknown({ what: '`dpkg -s`' })
  const status = machine.read(packageKind, name)
  if (status instanceof Unknown) return status
  print(new Unknown({ what: `\`dpkg -s ${name}\`` }))
  return truth(status.status !== 'absent')
}

function listed(path: string, { machine, print }: Call): Status {
  const text = machine.readText('/var/lib/dpkg/statoverride')
  if (text instanceof Unknown) return text
  const line = text.split('\n').find((each) => each.endsWith(` ${path}`))
  if (line !== undefined) print(`${line}\n`)
  return truth(line !== undefined)
}

// They only act on an upgrade from a version before the one they name: never where a package is new.
function maintscriptHelper(call: Call): Status {
  const words = call.words
  if (words[0] === 'supports') return 0
  const end = words.indexOf('--')
  const [action, before] = words.slice(end + 1)
  if (end < 0 || action instanceof Unknown || before instanceof Unknown) return beyond(call)
  if (
    before === undefined ||
    before === '' ||
    action === 'remove' ||
    action === 'purge' ||
    action === 'triggered'
  )
    return 0
  const [command, path, third, fourth] = words.slice(0, end)
  const limit = command === 'rm_conffile' ? third : fourth
  if (typeof limit === 'string' && /^\d/.test(limit) && compareVersions(before, limit) >= 0) return 0
  if (typeof path === 'string') {
    const there = call.machine.lstat(path)
    if (!(there instanceof Unknown) && there.type === 'absent') return 0
  }
  return beyond(call)
}
