import { posix } from 'node:path'
import { presentPath } from '../host/files.ts'
import { unknownBelow } from '../host/unknown-below.ts'
import { type AnyEffect, effect } from '../host/state.ts'
import { gitCheckout } from '../resources/git-checkout.ts'
import { gitRemote, type GitRemote } from '../resources/git-remote.ts'
import { path as pathKind } from '../resources/path.ts'
import { joinScripts, quote, type Script, sh } from '../transport/shell.ts'
import { Unknown } from '../variables/unknown.ts'
import type { Dict } from '../variables/value.ts'
import { args, bool, int, optional, path, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { change, failed, type Outcome, unchanged } from './outcome.ts'
import { newAttributes } from './support/attributes.ts'
import { environmentFor, PROXIES } from './support/environment.ts'
import { hostPath } from './support/host-path.ts'
import { makeDirectory } from './support/make-directory.ts'
import { sequence } from './support/sequence.ts'

export default defineModule({
  name: 'git',
  summary: 'Clones a git repository and keeps it at a version.',
  preview:
    'asks the repository which commit it would be; what is in the files of that commit is only known after a real run.',
  touches: ['dest'],
  args: args({
    repo: text('The address of the repository. A password in it can be seen on the host while git runs.', {
      aliases: ['name'],
    }),
    dest: path('Absolute path on the host.'),
    version: text('A branch, a tag, a whole commit hash, or HEAD.', { default: 'HEAD' }),
    remote: text('The name of the remote.', { default: 'origin' }),
    clone: bool('Clone when there is nothing yet.', { default: true }),
    update: bool('Fetch new commits when there is a clone.', { default: true }),
    force: bool('Drop local modifications.', { default: false }),
    bare: bool('Only the repository, without its files.', { default: false }),
    depth: optional(int('How many commits of the history to fetch.')),
    single_branch: bool('Only the history of the version.', { default: false }),
    recursive: bool('Submodules too.', { default: true }),
    reference: optional(path('A repository on the host to take objects from.')),
    refspec: optional(text('What to fetch beside the usual.')),
    accept_hostkey: bool('Take any key that the server of the repository shows.', { default: false }),
    accept_newhostkey: bool('Take the key of a server that is not known yet.', { default: false }),
    key_file: optional(path('The private key on the host to log in with.')),
    ssh_opts: optional(text('More options of ssh.')),
    umask: optional(text('The umask that files are made with.')),
    verify_commit: bool('Refuse a commit or tag without a good signature.', { default: false }),
  }),
  plan: (given, planning) => {
    const dest = hostPath(given.dest, planning)
    const before = planning.state.read(gitCheckout, { path: dest, remote: given.remote })
    if (before === null && !given.clone) return unchanged({ before: null, after: null })
    if (before !== null && !given.update) return unchanged({ before: before.head, after: before.head })
    if (before?.modified === true && !given.force)
      return failed(`Local modifications exist in the destination: ${dest} (force=no).`, {
        before: before.head,
      })
    const wanted = wantedVersion(given, planning)
    if ('error' in wanted) return failed(wanted.error, { before: before?.head ?? null })
    const commit = wanted.commit
    const result: Dict = { before: before?.head ?? null, after: commit }
    if (before === null) return makeClone(dest, given, wanted, result, planning)
    const moved = before.url !== given.repo
    if (before.head === commit && !moved && !before.modified) return unchanged(result)
    return gitChange(
      dest,
      given,
      before.head,
      wanted,
      { ...result, ...(moved ? { remote_url_changed: true } : {}) },
      [
        ...(moved
          ? [
              before.url === null
                ? sh`git -C ${dest} remote add ${given.remote} ${given.repo}`
                : sh`git -C ${dest} remote set-url ${given.remote} ${given.repo}`,
            ]
          : []),
        ...(before.modified ? [sh`git -C ${dest} reset -q --hard`] : []),
        updateScript(dest, given, wanted),
      ],
      sshCommand(given, planning),
    )
  },
})

interface Given {
  readonly repo: string
  readonly version: string
  readonly remote: string
  readonly bare: boolean
  readonly depth?: number
  readonly single_branch: boolean
  readonly recursive: boolean
  readonly reference?: string
  readonly refspec?: string
  readonly accept_hostkey: boolean
  readonly accept_newhostkey: boolean
  readonly key_file?: string
  readonly ssh_opts?: string
  readonly umask?: string
  readonly verify_commit: boolean
}

interface Wanted {
  readonly commit: string | Unknown
  /** Null for a tag or a commit. */
  readonly branch: string | null
}

function wantedVersion(given: Given, planning: Planning): Wanted | { error: string } {
  if (isHash(given.version)) return { commit: given.version, branch: null }
  const { state, files } = planning
  const found: GitRemote = state.read(gitRemote, {
    repository: given.repo,
    version: given.version,
    ssh: sshCommand(given, planning),
    ...environmentFor(planning, PROXIES, /^(?:HOME|PATH|XDG_CONFIG_HOME|GIT_.*|SSH_.*)$/),
  })
  if (/git: (?:command )?not found|'git': No such file/.test(found.complaint)) {
    if (!files.exists('/usr/bin/git'))
      return { error: 'Failed to find required executable "git" on the host' }
    // The run installs it.
    const commit = new Unknown({ what: `the commit of ${given.version}`, location: planning.location })
    return { commit, branch: given.version === 'HEAD' ? null : given.version }
  }
  if (found.complaint !== '') return { error: `Failed to look at ${given.repo}: ${found.complaint}` }
  if (found.commit === null) return { error: `${given.repo} has no branch and no tag '${given.version}'` }
  return { commit: found.commit, branch: found.branch }
}

function sshCommand(given: Given, planning: Planning): string | undefined {
  const options = [
    ...(given.key_file === undefined
      ? []
      : ['-i', hostPath(given.key_file, planning), '-o', 'IdentitiesOnly=yes']),
    ...(given.accept_hostkey ? ['-o', 'StrictHostKeyChecking=no'] : []),
    ...(given.accept_newhostkey ? ['-o', 'StrictHostKeyChecking=accept-new'] : []),
  ].map((word) => quote(word))
  const all = [...options, ...(given.ssh_opts === undefined ? [] : [given.ssh_opts])]
  return all.length === 0 ? undefined : ['ssh -o BatchMode=yes', ...all].join(' ')
}

function makeClone(dest: string, given: Given, wanted: Wanted, result: Dict, planning: Planning): Outcome {
  const { files } = planning
  const { status } = files.stat(dest)
  if (status.type !== 'absent' && status.type !== 'directory')
    return failed(`${dest} is a ${status.type}`, { before: null })
  if (status.type === 'directory' && (files.list(dest) ?? []).length > 0)
    return failed(`destination path '${dest}' already exists and is not an empty directory`, { before: null })
  const above = posix.dirname(dest)
  const clone = (inside: Planning) => {
    const parent = inside.files.container(above).status
    const made = newAttributes('directory', parent.type === 'directory' ? parent : undefined, {}, inside)
    return gitChange(
      dest,
      given,
      null,
      wanted,
      result,
      [cloneScript(dest, given, wanted)],
      sshCommand(given, inside),
      status.type === 'directory'
        ? []
        : [effect(pathKind, dest, presentPath({ type: 'directory', ...made }))],
    )
  }
  return sequence(
    planning,
    [
      ...(files.stat(above).status.type === 'absent'
        ? [(inside: Planning) => makeDirectory(above, {}, inside)]
        : []),
      clone,
    ],
    (results) => results.at(-1)!,
  )
}

/** A change of a checkout: what is in its files cannot be told before. */
function gitChange(
  dest: string,
  given: Given & { readonly umask?: string },
  before: string | null | Unknown,
  { commit }: Wanted,
  result: Dict,
  steps: readonly Script[],
  ssh: string | undefined,
  more: readonly AnyEffect[] = [],
): Outcome {
  const content = new Unknown({ what: `the files of commit ${String(commit)}` })
  return change({
    diff: [
      {
        path: `git ${dest}`,
        attributes: [
          {
            name: 'commit',
            before: before === null ? null : String(before),
            after: commit instanceof Unknown ? given.version : commit,
          },
        ],
      },
    ],
    script: joinScripts([
      sh`set -e
export GIT_TERMINAL_PROMPT=0`,
      ...(ssh === undefined ? [] : [sh`export GIT_SSH_COMMAND=${ssh}`]),
      ...(given.umask === undefined ? [] : [sh`umask ${given.umask}`]),
      ...steps,
      ...(given.recursive && !given.bare
        ? [sh`[ ! -f ${`${dest}/.gitmodules`} ] || git -C ${dest} submodule -q update --init --recursive >&2`]
        : []),
      sh`git -C ${dest} rev-parse HEAD`,
    ]),
    after: [
      ...more,
      effect(
        gitCheckout,
        { path: dest, remote: given.remote },
        { head: commit, url: given.repo, modified: false },
      ),
    ],
    foresee: () => [unknownBelow(dest, content)],
    sideEffects: true,
    result,
    finish: ({ stdout }) => ({ after: stdout.toString('utf8').trim() }),
  })
}

function cloneScript(dest: string, given: Given, { commit, branch }: Wanted): Script {
  const named = given.version !== 'HEAD' && given.version !== commit
  const words = [
    ...(given.bare ? ['--bare'] : ['--origin', given.remote]),
    ...(given.depth === undefined ? [] : ['--depth', String(given.depth)]),
    ...(given.single_branch ? ['--single-branch'] : given.depth === undefined ? [] : ['--no-single-branch']),
    ...(given.reference === undefined ? [] : ['--reference', given.reference]),
    ...(named ? ['--branch', given.version] : []),
    ...(!named && branch === null && !given.bare ? ['--no-checkout'] : []),
  ]
  return joinScripts([
    sh`git clone -q ${words} -- ${given.repo} ${dest} >&2`,
    ...(given.bare ? [sh`git -C ${dest} remote add ${given.remote} ${given.repo} 2>/dev/null || :`] : []),
    ...(named || branch !== null || given.bare ? [] : [takeCommit(dest, given)]),
    ...verified(dest, given),
  ])
}

function updateScript(dest: string, given: Given, { branch }: Wanted): Script {
  const { remote, version } = given
  const depth = given.depth === undefined ? [] : ['--depth', String(given.depth)]
  if (given.bare)
    return sh`git -C ${dest} fetch -q --force ${depth} ${remote} ${['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']} >&2`
  const heads = `+refs/heads/*:refs/remotes/${remote}/*`
  const what = [heads, ...(given.refspec === undefined ? [] : [given.refspec])]
  const fetch = sh`git -C ${dest} fetch -q --force --tags ${depth} ${remote} ${what} >&2`
  const checkout =
    branch === null
      ? isHash(version)
        ? takeCommit(dest, given)
        : sh`git -C ${dest} checkout -q --force --detach ${`refs/tags/${version}^{}`} >&2`
      : sh`git -C ${dest} checkout -q --force -B ${branch} ${`refs/remotes/${remote}/${branch}`} >&2`
  return joinScripts([fetch, checkout, ...verified(dest, given)])
}

// A commit that no branch leads to has to be asked for by its hash, which not every server allows.
function takeCommit(dest: string, { version, remote }: Given): Script {
  return sh`git -C ${dest} cat-file -e ${`${version}^{commit}`} 2>/dev/null || git -C ${dest} fetch -q ${remote} ${version} >&2
git -C ${dest} checkout -q --force --detach ${version} >&2`
}

function verified(dest: string, { verify_commit }: Given): Script[] {
  return verify_commit ? [sh`git -C ${dest} verify-commit HEAD >&2`] : []
}

function isHash(version: string): boolean {
  return /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(version)
}
