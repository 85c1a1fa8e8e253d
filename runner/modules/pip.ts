import { posix } from 'node:path'
import { presentPath } from '../host/files.ts'
import type { Layer } from '../host/layer.ts'
import { unknownBelow, unknownWhereAbsent } from '../host/unknown-below.ts'
import { type AnyEffect, effect } from '../host/state.ts'
import { path as pathKind } from '../resources/path.ts'
import { normalName, pipPackages, type PipPackages, type PipPlace } from '../resources/pip-packages.ts'
import type { Answer } from '../transport/session.ts'
import { joinScripts, type Script, sh } from '../transport/shell.ts'
import { Unknown } from '../variables/unknown.ts'
import { type Arguments, args, bool, choice, item, list, optional, path, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { change, failed, type ModuleResult, opaqueScript, type Outcome, unchanged } from './outcome.ts'
import { environmentFor } from './support/environment.ts'
import { hostPath } from './support/host-path.ts'
import { exactVersion, parseRequirement, type Requirement, satisfies } from './support/pip-requirement.ts'
import { createdEffects } from './support/run-command.ts'
import { splitWords } from './support/split-words.ts'
import { outputLines } from './support/text.ts'

const schema = args({
  name: optional(list(item.text, 'Packages: flask, flask==3.0, flask>=2,<4; or addresses and paths.')),
  version: optional(text('The version, of the only package.')),
  requirements: optional(path('A file of requirements on the host.')),
  state: choice(['absent', 'forcereinstall', 'latest', 'present'], 'What is wanted of them.', {
    default: 'present',
  }),
  virtualenv: optional(path('An environment of its own, made when it is missing.')),
  virtualenv_command: text('What makes it: python3 -m venv, for example.', { default: 'virtualenv' }),
  virtualenv_site_packages: bool('The environment sees the system’s packages.', { default: false }),
  virtualenv_python: optional(text('The Python that `virtualenv` is to use.')),
  executable: optional(text('The pip to use.')),
  extra_args: optional(text('More words for pip.')),
  editable: bool('Install editable.', { default: false }),
  chdir: optional(path('The directory to run in.')),
  umask: optional(text('The umask for what is installed.')),
  break_system_packages: bool('Install among the packages of the system’s package manager.', {
    default: false,
  }),
})

type Given = Arguments<typeof schema>

/** @source https://docs.ansible.com/ansible/latest/collections/ansible/builtin/pip_module.html */
export default defineModule({
  name: 'pip',
  summary: 'Installs Python packages.',
  preview:
    'Packages by name and version are foretold, but not what they need themselves. latest, requirements, paths and addresses are unknown.',
  args: schema,
  plan: (given, planning) => {
    const { name: names = [], version, requirements, virtualenv, executable, state } = given
    if (names.length === 0 && requirements === undefined && virtualenv === undefined)
      return failed('one of the following is required: name, requirements, virtualenv')
    if (names.length > 0 && requirements !== undefined)
      return failed('name and requirements exclude each other')
    if (virtualenv !== undefined && executable !== undefined)
      return failed('virtualenv and executable exclude each other')
    if (version !== undefined && names.length !== 1)
      return failed(
        "'version' argument is ambiguous when installing multiple package distributions. Please specify version restrictions next to each package in 'name' argument.",
      )
    const words = version === undefined ? names : [`${names[0]}==${version}`]
    const environment = virtualenv === undefined ? undefined : hostPath(virtualenv, planning)
    const isNew = environment !== undefined && !planning.files.exists(posix.join(environment, 'bin/activate'))
    const pip = environment === undefined ? (executable ?? 'pip3') : posix.join(environment, 'bin/pip3')
    const made: Parts = { given, words, pip, environment: isNew ? environment : undefined, planning }
    const wanted = words.map((word) => parseRequirement(word))
    const told = wanted.filter((each) => each !== undefined)
    if (requirements !== undefined || state === 'latest' || told.length < wanted.length)
      return asPipSees(made)
    const installed = isNew ? {} : installedBy(pip, planning)
    if (installed === undefined)
      return failed(`Unable to find any of ${pip} to use.  pip needs to be installed.`)
    const wrong = told.filter((each) => isWrong(each, installed, state))
    if (wrong.length === 0 && !isNew) return unchanged(resultOf(made))
    const managed = isNew || !isSystems(pip, given) ? undefined : managedBy(planning)
    if (managed !== undefined)
      return failed(
        `this Python is managed by the system (${managed}): use virtualenv, or break_system_packages`,
      )
    const layers = fillings(made, wrong, installed)
    return change({
      diff: wrong.map((each) => diffOf(each, installed, state)),
      script: scriptOf(made),
      after: [
        effect(pipPackages, placeOf(pip, planning), afterwards(installed, wrong, state)),
        ...(isNew ? environmentEffects(environment, planning) : []),
      ],
      foresee: () => layers,
      sideEffects: true,
      result: resultOf(made),
      finish: (answer) => ({ ...resultOf(made), ...outputOf(answer) }),
    })
  },
})

interface Parts {
  readonly given: Given
  readonly words: readonly string[]
  readonly pip: string
  /** The environment that is to be made first. */
  readonly environment: string | undefined
  readonly planning: Planning
}

/** What only pip can tell: it is run, and says itself whether it has changed anything. */
function asPipSees(made: Parts): Outcome {
  const { pip, environment, planning } = made
  if (environment === undefined && installedBy(pip, planning) === undefined)
    return failed(`Unable to find any of ${pip} to use.  pip needs to be installed.`)
  return opaqueScript({
    what: commandOf(made).join(' '),
    after: createdEffects(environment && posix.join(environment, 'bin/activate'), ['pip'], planning),
    script: scriptOf(made),
    finish: (answer) => {
      const output = outputOf(answer)
      const changed =
        environment !== undefined || /^Successfully (?:un)?installed|^Uninstalling/m.test(output.stdout)
      const failure = { failed: true, msg: output.stderr.trim() || 'pip failed' }
      return { ...resultOf(made), ...output, changed, ...(answer.status === 0 ? {} : failure) }
    },
  })
}

function placeOf(pip: string, planning: Planning): PipPlace {
  return {
    pip,
    ...environmentFor(planning, /^(?:HOME|PATH|PYTHON.*|PIP_(?:PREFIX|PYTHON|ROOT|TARGET|USER))$/),
  }
}

/** What pip has installed; nothing where the run brings it only now; undefined where there is no pip. */
function installedBy(pip: string, planning: Planning): PipPackages | undefined {
  const { state, files } = planning
  const found = state.read(pipPackages, placeOf(pip, planning))
  if (found !== null) return found
  const paths = pip.startsWith('/')
    ? [pip]
    : ['/usr/bin', '/usr/local/bin'].map((directory) => posix.join(directory, pip))
  return paths.some((path) => files.exists(path)) ? {} : undefined
}

function isWrong(requirement: Requirement, installed: PipPackages, state: Given['state']): boolean {
  const version = Object.hasOwn(installed, requirement.name) ? installed[requirement.name] : undefined
  if (state === 'absent') return version !== undefined
  if (version === undefined || state === 'forcereinstall') return true
  return version !== '' && !satisfies(version, requirement)
}

/** What `venv` and `virtualenv` make first; Python's own files in there are nobody's business. */
function environmentEffects(environment: string, planning: Planning): AnyEffect[] {
  const { user: owner, group, umask } = planning.identity()
  const made = (type: 'file' | 'directory', mode: number) =>
    presentPath({ type, mode: mode & ~umask, owner, group })
  return [
    effect(pathKind, environment, made('directory', 0o777)),
    effect(pathKind, posix.join(environment, 'bin'), made('directory', 0o777)),
    effect(pathKind, posix.join(environment, 'bin/activate'), made('file', 0o666)),
  ]
}

/** Where files come to be that nobody can tell before. */
function fillings(
  { pip, environment, given, planning }: Parts,
  wrong: readonly Requirement[],
  installed: PipPackages,
): Layer[] {
  const unknown = new Unknown({ what: 'the files of Python packages', location: planning.location })
  if (environment !== undefined)
    return [
      unknownBelow(
        environment,
        unknown,
        ['bin', 'bin/activate'].map((name) => posix.join(environment, name)),
      ),
    ]
  const changing = wrong.some(({ name }) => Object.hasOwn(installed, name))
  return placesOf(pip, given, planning).map((place) => unknownWhereAbsent(place, unknown, changing))
}

/** What a pip installs into. */
function placesOf(pip: string, given: Given, planning: Planning): string[] {
  const above = posix.dirname(posix.dirname(pip))
  if (pip.startsWith('/') && above !== '/usr') return above === '/' ? [] : [above]
  const { uid, home } = planning.identity()
  const isUsers = uid !== 0 || splitWords(given.extra_args ?? '').includes('--user')
  return isUsers ? [posix.join(home, '.local')] : ['/usr/local']
}

// The system's own pip, unless it is told to go ahead.
function isSystems(pip: string, { break_system_packages, extra_args = '' }: Given): boolean {
  const told = break_system_packages || splitWords(extra_args).includes('--break-system-packages')
  return !told && (!pip.startsWith('/') || posix.dirname(pip) === '/usr/bin')
}

/** The mark of a Python that belongs to the system's package manager, since PEP 668. */
function managedBy({ files }: Planning): string | undefined {
  return files.glob('/usr/lib/python3*/EXTERNALLY-MANAGED')[0]
}

function afterwards(
  installed: PipPackages,
  wrong: readonly Requirement[],
  state: Given['state'],
): PipPackages {
  const after = new Map(Object.entries(installed))
  for (const each of wrong) {
    if (state === 'absent') after.delete(each.name)
    else after.set(each.name, exactVersion(each) ?? '')
  }
  return Object.fromEntries(after)
}

function diffOf(requirement: Requirement, installed: PipPackages, state: Given['state']) {
  const after = state === 'absent' ? 'absent' : (exactVersion(requirement) ?? 'present')
  const attribute = {
    name: 'version',
    before: Object.hasOwn(installed, requirement.name) ? installed[requirement.name] || 'present' : 'absent',
    after,
  }
  return { path: `Python package ${requirement.name}`, attributes: [attribute] }
}

function commandOf({ given, words, pip }: Parts): string[] {
  const { state, requirements, extra_args, editable, break_system_packages } = given
  if (words.length === 0 && requirements === undefined) return []
  const verb = {
    absent: ['uninstall', '-y'],
    forcereinstall: ['install', '-U', '--force-reinstall'],
    latest: ['install', '-U'],
    present: ['install'],
  }
  return [
    pip,
    ...verb[state],
    ...(break_system_packages ? ['--break-system-packages'] : []),
    ...splitWords(extra_args ?? ''),
    ...(requirements === undefined ? [] : ['-r', requirements]),
    ...words.flatMap((word) => {
      const plain = state === 'absent' ? normalName(/^[\w.-]+/.exec(word)?.[0] ?? word) : word
      return editable && state !== 'absent' ? ['-e', plain] : [plain]
    }),
  ]
}

function scriptOf(made: Parts): Script {
  const { given, environment, planning } = made
  const command = commandOf(made)
  return joinScripts([
    ...(given.umask === undefined ? [] : [sh`umask ${given.umask}`]),
    ...(given.chdir === undefined ? [] : [sh`cd -- ${hostPath(given.chdir, planning)} || exit`]),
    ...(environment === undefined ? [] : [sh`${makerOf(given)} ${environment} || exit`]),
    command.length === 0 ? sh`:` : sh`PIP_DISABLE_PIP_VERSION_CHECK=1 ${command} </dev/null`,
  ])
}

function makerOf({ virtualenv_command, virtualenv_site_packages, virtualenv_python }: Given): string[] {
  return [
    ...splitWords(virtualenv_command),
    ...(virtualenv_site_packages ? ['--system-site-packages'] : []),
    ...(virtualenv_python === undefined ? [] : ['-p', virtualenv_python]),
  ]
}

function resultOf({ given, pip, ...made }: Parts): ModuleResult {
  const { name = null, requirements = null, state, version = null, virtualenv = null } = given
  return { cmd: commandOf({ given, pip, ...made }), name, requirements, state, version, virtualenv }
}

function outputOf({ stdout, stderr }: Answer) {
  const [out, err] = [stdout.toString('utf8'), stderr.toString('utf8')]
  return { stdout: out, stderr: err, stdout_lines: outputLines(out), stderr_lines: outputLines(err) }
}
