import { joinScripts, sh } from '../transport/shell.ts'
import { type Environment, environmentId, exported } from './environment.ts'
import { defineResource } from './resource.ts'

export interface GitRemoteKey {
  readonly repository: string
  /** A branch, a tag, or `HEAD`. */
  readonly version: string
  /** How ssh is called, where that is to be said. */
  readonly ssh?: string
  readonly environment?: Environment
}

export interface GitRemote {
  /** The commit; null when the repository has no such version. */
  readonly commit: string | null
  /** The branch that it is; null for a tag. */
  readonly branch: string | null
  /** Why the repository cannot be read; '' when it can. */
  readonly complaint: string
}

/** What a version of a repository elsewhere is, as the host sees it. It asks the network, and changes nothing. */
export const gitRemote = defineResource<GitRemoteKey, GitRemote>({
  name: 'git-remote',
  id: ({ repository, version, ssh = '', environment }) =>
    `${JSON.stringify([repository, version, ssh])}${environmentId(environment)}`,
  read: (keys) =>
    joinScripts(
      keys.map(
        ({ repository, version, ssh, environment }) => sh`(
${exported(environment)}
export GIT_TERMINAL_PROMPT=0
${ssh === undefined ? sh`` : sh`export GIT_SSH_COMMAND=${ssh}`}
timeout 60 git ls-remote --symref -- ${repository} ${
          version === 'HEAD'
            ? ['HEAD']
            : [`refs/heads/${version}`, `refs/tags/${version}`, `refs/tags/${version}^{}`]
        } 2>&1 || echo "failed $?"
)
printf ${'\\0'}`,
      ),
    ),
  parse: (answer, keys) => {
    const parts = answer.toString('utf8').split('\0')
    return keys.map(({ version }, index) => parseRemote(parts[index] ?? '', version))
  },
})

function parseRemote(text: string, version: string): GitRemote {
  const failed = /^failed \d+$/m.exec(text)
  if (failed)
    return { commit: null, branch: null, complaint: text.slice(0, failed.index).trim() || 'timed out' }
  const commits = new Map(
    [...text.matchAll(/^([0-9a-f]{40,64})\t(.*)$/gm)].map(([, sha, ref]) => [ref!, sha!]),
  )
  const head = /^ref: refs\/heads\/(.*)\tHEAD$/m.exec(text)?.[1] ?? null
  if (version === 'HEAD') return { commit: commits.get('HEAD') ?? null, branch: head, complaint: '' }
  const onBranch = commits.get(`refs/heads/${version}`)
  if (onBranch !== undefined) return { commit: onBranch, branch: version, complaint: '' }
  // What an annotated tag stands for comes with `^{}`.
  const tagged = commits.get(`refs/tags/${version}^{}`) ?? commits.get(`refs/tags/${version}`)
  return { commit: tagged ?? null, branch: null, complaint: '' }
}
