import { posix } from 'node:path'
import { effect } from '../host/state.ts'
import { kernelModule } from '../resources/kernel-module.ts'
import { sh } from '../transport/shell.ts'
import { args, choice, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { change, failed, type Outcome, unchanged } from './outcome.ts'
import { placeFile } from './support/place-file.ts'
import { sequence } from './support/sequence.ts'

export default defineModule({
  name: 'modprobe',
  summary: 'Loads and unloads modules of the kernel.',
  args: args({
    name: text('The module.'),
    state: choice(['absent', 'present'], 'Whether it is to be loaded.', { default: 'present' }),
    params: text('Its parameters.', { default: '' }),
    persistent: choice(
      ['absent', 'disabled', 'present'],
      'Whether it is loaded at boot; disabled: as it is.',
      {
        default: 'disabled',
      },
    ),
  }),
  plan: (given, planning) => {
    const { name, state, params, persistent } = given
    const result = { name, state, params, persistent }
    const wanted = words(params)
    return sequence(
      planning,
      [
        (inside) => loadOrNot(given, wanted, inside),
        ...(persistent === 'disabled' ? [] : [(inside: Planning) => atBoot(given, inside)]),
      ],
      () => result,
    )
  },
})

interface Given {
  readonly name: string
  readonly state: 'absent' | 'present'
  readonly params: string
  readonly persistent: 'absent' | 'disabled' | 'present'
}

function words(params: string): string[] {
  return params.split(/\s+/).filter(Boolean)
}

function loadOrNot({ name, state }: Given, params: readonly string[], planning: Planning): Outcome {
  const status = planning.state.read(kernelModule, name)
  const diff = (before: string, after: string) => [
    { path: `kernel module ${name}`, attributes: [{ name: 'state', before, after }] },
  ]
  if (state === 'absent') {
    if (status !== 'loaded') return unchanged()
    return change({
      diff: diff('loaded', 'unloaded'),
      script: sh`PATH=$PATH:/usr/sbin:/sbin; modprobe -r -- ${name}`,
      after: [effect(kernelModule, name, 'available')],
      result: {},
    })
  }
  if (status === 'loaded' || status === 'builtin') return unchanged()
  if (status === 'missing') return failed(`modprobe: FATAL: Module ${name} not found`, { name })
  return change({
    diff: diff('unloaded', 'loaded'),
    script: sh`PATH=$PATH:/usr/sbin:/sbin; modprobe -- ${name} ${params}`,
    after: [effect(kernelModule, name, 'loaded')],
    // Parameters of the kernel may come with it.
    sideEffects: true,
    result: {},
  })
}

const MODULES = '/etc/modules-load.d'
const OPTIONS = '/etc/modprobe.d'

function atBoot({ name, params, persistent }: Given, planning: Planning): Outcome {
  const loads = (line: string) => new RegExp(`^\\s*${escaped(name)}\\s*([#;].*)?$`).test(line)
  const optionsOf = (line: string) =>
    new RegExp(`^\\s*options\\s+${escaped(name)}\\s+(.*?)\\s*$`).exec(line)?.[1]
  if (persistent === 'absent') {
    return sequence(planning, [
      (inside) => commentOut(MODULES, loads, inside),
      (inside) => commentOut(OPTIONS, (line) => optionsOf(line) !== undefined, inside),
    ])
  }
  const wanted = words(params).join(' ')
  const present = (directory: string, fits: (line: string) => boolean, inside: Planning) =>
    linesIn(directory, inside).some(({ line }) => fits(line))
  return sequence(planning, [
    (inside) =>
      present(MODULES, loads, inside)
        ? unchanged()
        : write(posix.join(MODULES, `${name}.conf`), name, inside),
    (inside) =>
      wanted === '' || present(OPTIONS, (line) => optionsOf(line) === wanted, inside)
        ? unchanged()
        : write(posix.join(OPTIONS, `${name}.conf`), `options ${name} ${wanted}`, inside),
  ])
}

function write(file: string, line: string, planning: Planning): Outcome {
  return placeFile({ path: file, bytes: Buffer.from(`${line}\n`), attributes: {}, follow: true }, planning)
}

function commentOut(directory: string, fits: (line: string) => boolean, planning: Planning): Outcome {
  const files = new Set(
    linesIn(directory, planning)
      .filter(({ line }) => fits(line))
      .map(({ file }) => file),
  )
  return sequence(
    planning,
    [...files].map((file) => (inside: Planning) => {
      const lines = textOf(file, inside).split('\n')
      const text = lines.map((line) => (fits(line) ? `#${line}` : line)).join('\n')
      return placeFile({ path: file, bytes: Buffer.from(text), attributes: {}, follow: true }, inside)
    }),
  )
}

function linesIn(directory: string, planning: Planning): { file: string; line: string }[] {
  return (planning.files.list(directory) ?? [])
    .filter((name) => name.endsWith('.conf'))
    .map((name) => posix.join(directory, name))
    .flatMap((file) =>
      textOf(file, planning)
        .split('\n')
        .map((line) => ({ file, line })),
    )
}

function textOf(file: string, { files }: Planning): string {
  return files.read(file)?.toString('utf8') ?? ''
}

function escaped(name: string): string {
  return name.replaceAll(/[\\^$.|?*+()[\]{}]/g, String.raw`\$&`)
}
