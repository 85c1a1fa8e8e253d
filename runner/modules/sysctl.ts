import { effect } from '../host/state.ts'
import { content } from '../resources/content.ts'
import { glob } from '../resources/glob.ts'
import { path as pathKind } from '../resources/path.ts'
import { resource } from '../resources/resource.ts'
import { oneSpace, sysctl, sysctlPath } from '../resources/sysctl.ts'
import { joinScripts, sh } from '../transport/shell.ts'
import { args, bool, choice, optional, path, raw, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { change, failed, type Outcome, unchanged } from './outcome.ts'
import { hostPath } from './support/host-path.ts'
import { placeFile } from './support/place-file.ts'
import { sequence } from './support/sequence.ts'
import { parseSysctlFile, type SysctlLine, withSysctl } from './support/sysctl-file.ts'

export default defineModule({
  name: 'sysctl',
  summary: "Sets the kernel's parameters, in a file and in the running kernel.",
  args: args({
    name: text('The parameter: net.ipv4.ip_forward.', { aliases: ['key'] }),
    value: optional(raw('Its value.', { aliases: ['val'] })),
    state: choice(['present', 'absent'], 'Whether it stands in the file.', { default: 'present' }),
    reload: bool('When something differs, give the running kernel every value of the file.', {
      default: true,
    }),
    sysctl_set: bool('Give the value to the running kernel.', { default: false }),
    ignoreerrors: bool('Parameters that the kernel does not have do not matter.', { default: false }),
    sysctl_file: path('The file.', { default: '/etc/sysctl.conf' }),
  }),
  reads: ({ name, sysctl_file }) => [
    resource(sysctl, name.trim()),
    resource(pathKind, sysctl_file),
    resource(content, sysctl_file),
  ],
  plan: (given, planning) => {
    const name = given.name.trim()
    const value = given.state === 'absent' ? undefined : valueText(given.value)
    if (name === '') return failed('name cannot be blank')
    if (given.state === 'present' && given.value === undefined) return failed('value cannot be None')
    if (value === '') return failed('value cannot be blank')

    const file = hostPath(given.sysctl_file, planning)
    const before = planning.files.read(file)?.toString('utf8') ?? ''
    const inFile = parseSysctlFile(before).findLast((line) => line.name === name)?.value
    const running = planning.state.read(sysctl, name)?.value
    const differs =
      value !== undefined && (running === undefined ? !given.ignoreerrors : running !== oneSpace(value))
    if (inFile === value && !(differs && (given.reload || given.sysctl_set))) return unchanged()

    const wanted = value === undefined ? [] : [{ name, value, lenient: given.ignoreerrors }]
    const after = inFile === value ? before : withSysctl(before, name, value)
    return sequence(
      planning,
      [
        ...(given.sysctl_set ? [(inside: Planning) => setRunning(wanted, inside)] : []),
        ...(after === before ? [] : [(inside: Planning) => writeFile(file, after, inside)]),
        ...(given.reload ? [(inside: Planning) => setRunning(linesOf(after, given), inside)] : []),
      ],
      () => ({}),
    )
  },
})

function linesOf(text: string, { ignoreerrors }: { ignoreerrors: boolean }): SysctlLine[] {
  return parseSysctlFile(text).map((line) => ({ ...line, lenient: line.lenient || ignoreerrors }))
}

function writeFile(file: string, text: string, planning: Planning): Outcome {
  return placeFile({ path: file, bytes: Buffer.from(text), attributes: {}, follow: true }, planning)
}

/** Plans that the running kernel has these values; of several of one name the last counts. */
function setRunning(lines: readonly SysctlLine[], planning: Planning): Outcome {
  const wanted = [...new Map(expanded(lines, planning).map((line) => [sysctlPath(line.name), line])).values()]
  const statuses = planning.state.readAll(
    sysctl,
    wanted.map(({ name }) => name),
  )
  const wrong: (SysctlLine & { before: string })[] = []
  for (const [index, line] of wanted.entries()) {
    const status = statuses[index]!
    if (status?.value === oneSpace(line.value) || (line.lenient && !status?.writable)) continue
    const setting = `setting ${line.name} failed: ${sysctlPath(line.name)}`
    if (status === null) return failed(`${setting} does not exist`)
    if (!status.writable) return failed(`${setting} cannot be written here`)
    wrong.push({ ...line, before: status.value })
  }
  if (wrong.length === 0) return unchanged()
  return change({
    diff: [
      {
        path: 'sysctl',
        attributes: wrong.map(({ name, before, value }) => ({ name, before, after: value })),
      },
    ],
    script: joinScripts(
      wrong.map(
        ({ name, value }) =>
          sh`printf '%s\\n' ${value} > ${sysctlPath(name)} || { echo ${`setting ${name} to ${value} failed`} >&2; exit 1; }`,
      ),
    ),
    after: wrong.map(({ name, value }) => effect(sysctl, name, { value: oneSpace(value), writable: true })),
    // One of these sets the parameters of every interface.
    sideEffects: wrong.some(({ name }) => /[./]conf[./]all[./]|ip_forward$/.test(name)),
    result: {},
  })
}

/** Patterns stand for every parameter that they match; one named exactly counts more, wherever it stands. */
function expanded(lines: readonly SysctlLine[], { state }: Planning): SysctlLine[] {
  const isPattern = ({ name }: SysctlLine) => /[*?[]/.test(name)
  const patterns = lines.filter(isPattern)
  const paths = state.readAll(
    glob,
    patterns.map(({ name }) => sysctlPath(name)),
  )
  return [
    ...patterns.flatMap((line, index) =>
      paths[index]!.map((found) => ({ ...line, name: found.slice('/proc/sys/'.length), lenient: true })),
    ),
    ...lines.filter((line) => !isPattern(line)),
  ]
}

/** Ansible's reading of a value: words for true and false are 1 and 0. */
function valueText(value: unknown): string {
  const text = String(value).trim()
  if (/^(y|yes|on|true|t)$/i.test(text)) return '1'
  return /^(n|no|off|false|f)$/i.test(text) ? '0' : text
}
