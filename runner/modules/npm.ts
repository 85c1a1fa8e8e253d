import { posix } from 'node:path'
import { effect } from '../host/state.ts'
import { unknownWhereAbsent } from '../host/unknown-below.ts'
import { npmPackages, type NpmPackages, type NpmPlace } from '../resources/npm-packages.ts'
import { resource } from '../resources/resource.ts'
import { joinScripts, type Script, sh } from '../transport/shell.ts'
import { Unknown } from '../variables/unknown.ts'
import { type Arguments, args, bool, choice, optional, path, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { change, failed, opaqueScript, type Outcome, unchanged } from './outcome.ts'
import { environmentFor } from './support/environment.ts'
import { hostPath } from './support/host-path.ts'
import { isRewritten } from './support/is-rewritten.ts'
import { makeDirectory } from './support/make-directory.ts'
import { sequence } from './support/sequence.ts'

const schema = args({
  name: optional(text('The package; without it, all that package.json names.')),
  path: optional(path('The project’s directory.')),
  version: optional(text('The version of the package.')),
  global: bool('Install for all.', { default: false }),
  executable: optional(path('The npm to use.')),
  ignore_scripts: bool('Run no scripts of packages.', { default: false }),
  unsafe_perm: bool('Run their scripts as root.', { default: false }),
  ci: bool('Install exactly what package-lock.json says (npm ci).', { default: false }),
  production: bool('Not what is for development only.', { default: false }),
  registry: optional(text('Where packages come from.')),
  no_optional: bool('Nothing that is optional.', { default: false }),
  no_bin_links: bool('No links to programs.', { default: false }),
  force: bool('Fetch what is there too.', { default: false }),
  state: choice(['absent', 'latest', 'present'], 'What is wanted of it.', { default: 'present' }),
})

type Given = Arguments<typeof schema>

/** @source https://docs.ansible.com/ansible/latest/collections/community/general/npm_module.html */
export default defineModule({
  name: 'npm',
  summary: 'Installs packages of Node.js.',
  preview: 'What is in their files is unknown; so is what `latest` and `ci` come to.',
  args: schema,
  plan: (given, planning) => {
    const { name, state, global: isGlobal, ci } = given
    if (given.path === undefined && !isGlobal) return failed('path must be specified when not using global')
    if (name === undefined && state === 'absent') return failed('name is required with state=absent')
    if (name === undefined && isGlobal) return failed('name is required with global')
    const npm = given.executable ?? 'npm'
    const directory = isGlobal ? undefined : hostPath(given.path!, planning)
    if (directory !== undefined) {
      const { type } = planning.files.stat(directory).status
      if (type === 'absent') return inNew(given, npm, directory, planning)
      if (type !== 'directory') return failed(`path ${directory} is not a directory`)
    }
    const place = placeOf(npm, directory, planning)
    const isOther = (file: string) =>
      isRewritten(posix.join(directory!, file), resource(npmPackages, place), planning)
    if (
      ci ||
      state === 'latest' ||
      (name === undefined && ['package.json', 'package-lock.json'].some(isOther))
    )
      return asNpmSees(given, npm, directory, planning)
    const found = planning.state.read(npmPackages, place)
    const there = found ?? (isBrought(npm, planning) ? { installed: {}, missing: [] } : undefined)
    if (!there) return failed(`Failed to find required executable "${npm}"`)
    if (name === undefined)
      return there.missing.length === 0 ? unchanged() : asNpmSees(given, npm, directory, planning)
    const version = Object.hasOwn(there.installed, name) ? there.installed[name] : undefined
    if (state === 'absent')
      return version === undefined ? unchanged() : run(given, npm, directory, there, planning)
    const fits =
      version !== undefined && (given.version === undefined || version === '' || version === given.version)
    return fits ? unchanged() : run(given, npm, directory, there, planning)
  },
})

/** In a directory that npm is given though it is missing: it is made, and nothing is in it. */
function inNew(given: Given, npm: string, directory: string, planning: Planning): Outcome {
  if (given.state === 'absent') return unchanged()
  if (given.ci || (given.name !== undefined && given.state === 'latest'))
    return asNpmSees(given, npm, directory, planning)
  return sequence(planning, [
    (inside) => makeDirectory(directory, {}, inside),
    (inside) =>
      given.name === undefined
        ? unchanged()
        : run(given, npm, directory, { installed: {}, missing: [] }, inside),
  ])
}

function placeOf(npm: string, path: string | undefined, planning: Planning): NpmPlace {
  return { npm, path, ...environmentFor(planning, /^(?:HOME|PATH|PREFIX|NODE_PATH|npm_config_.*)$/i) }
}

/** Where Debian's npm, and that of NodeSource, put what is for all. */
const GLOBAL = ['/usr/local/lib/node_modules', '/usr/local/bin', '/usr/lib/node_modules', '/usr/bin']

// The run installs it before.
function isBrought(npm: string, { files }: Planning): boolean {
  const paths = npm.startsWith('/')
    ? [npm]
    : ['/usr/bin', '/usr/local/bin'].map((each) => posix.join(each, npm))
  return paths.some((path) => files.exists(path))
}

function run(
  given: Given,
  npm: string,
  directory: string | undefined,
  { installed, missing }: NpmPackages,
  planning: Planning,
): Outcome {
  const { name, version, state } = given
  const exact = version !== undefined && /^\d+\.\d+\.\d+/.test(version)
  const after = new Map(Object.entries(installed))
  if (state === 'absent') after.delete(name!)
  else after.set(name!, exact ? version : '')
  const unknown = new Unknown({ what: `the files of the package ${name}`, location: planning.location })
  const before = Object.hasOwn(installed, name!) ? installed[name!] || 'present' : null
  return change({
    diff: [
      {
        path: `npm package ${name}`,
        attributes: [{ name: 'version', before, after: state === 'absent' ? null : (version ?? 'present') }],
      },
    ],
    script: scriptOf(given, npm, directory),
    after: [
      effect(npmPackages, placeOf(npm, directory, planning), {
        installed: Object.fromEntries(after),
        missing: missing.filter((each) => each !== name),
      }),
    ],
    foresee: () =>
      directory === undefined
        ? GLOBAL.map((each) => unknownWhereAbsent(each, unknown, false))
        : [unknownWhereAbsent(posix.join(directory, 'node_modules'), unknown, true)],
    sideEffects: true,
    result: {},
  })
}

/** What only npm can tell: it is run, and says itself whether it has changed anything. */
function asNpmSees(given: Given, npm: string, directory: string | undefined, planning: Planning): Outcome {
  const found = planning.state.read(npmPackages, placeOf(npm, directory, planning))
  if (found === null && !isBrought(npm, planning))
    return failed(`Failed to find required executable "${npm}"`)
  return opaqueScript({
    what: `npm ${verbOf(given)}${given.name === undefined ? '' : ` ${given.name}`}`,
    after: [],
    script: scriptOf(given, npm, directory),
    finish: ({ status, stdout, stderr }) => {
      const out = stdout.toString('utf8')
      return {
        stdout: out,
        changed: given.ci || /^(?:added|changed|removed) \d+|, (?:added|changed|removed) \d+/m.test(out),
        ...(status === 0 ? {} : { failed: true, msg: stderr.toString('utf8').trim() || 'npm failed' }),
      }
    },
  })
}

function verbOf({ state, ci, name }: Given): string {
  if (ci) return 'ci'
  if (state === 'absent') return 'uninstall'
  return state === 'latest' && name === undefined ? 'update' : 'install'
}

function scriptOf(given: Given, npm: string, directory: string | undefined): Script {
  const { name, version, state } = given
  const options = [
    ...(given.global ? ['--global'] : []),
    ...(given.production ? ['--production'] : []),
    ...(given.ignore_scripts ? ['--ignore-scripts'] : []),
    ...(given.unsafe_perm ? ['--unsafe-perm'] : []),
    ...(given.force ? ['--force'] : []),
    ...(given.no_optional ? ['--no-optional'] : []),
    ...(given.no_bin_links ? ['--no-bin-links'] : []),
    ...(given.registry === undefined ? [] : ['--registry', given.registry]),
  ]
  const wanted = version ?? (state === 'latest' ? 'latest' : undefined)
  const what =
    name === undefined ? [] : [state === 'absent' || wanted === undefined ? name : `${name}@${wanted}`]
  return joinScripts([
    ...(directory === undefined ? [] : [sh`mkdir -p -- ${directory} && cd -- ${directory} || exit`]),
    sh`${npm} ${verbOf(given)} ${options} --no-fund --no-audit ${what} </dev/null`,
  ])
}
