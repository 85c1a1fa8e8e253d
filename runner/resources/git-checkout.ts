import { joinScripts, sh } from '../transport/shell.ts'
import type { Unknown } from '../variables/unknown.ts'
import { defineResource } from './resource.ts'

export interface GitCheckoutKey {
  /** Absolute path of the working tree, or of the repository itself when it is bare. */
  readonly path: string
  /** The remote whose address is asked for. */
  readonly remote: string
}

export interface GitCheckout {
  /** The commit that is checked out; null in a repository without any. */
  readonly head: string | null | Unknown
  /** The remote's address; null when there is no such remote. */
  readonly url: string | null
  /** Whether tracked files differ from the commit. */
  readonly modified: boolean
}

/** A clone of a git repository; null where none is. */
export const gitCheckout = defineResource<GitCheckoutKey, GitCheckout | null>({
  name: 'git-checkout',
  id: ({ path, remote }) => `${path} ${remote}`,
  // Four lines each. What a repository's own configuration names is not run, and its index is left as it is.
  read: (keys) =>
    joinScripts([
      sh`run() { git --no-optional-locks -c core.fsmonitor=false -c "safe.directory=$path" -C "$path" "$@" 2>/dev/null; }
look() {
  path=$1
  if [ -e "$path/.git" ] || { [ -f "$path/HEAD" ] && [ -d "$path/objects" ]; }; then echo yes; else printf 'no\\n\\n\\n\\n'; return; fi
  run rev-parse -q --verify HEAD || echo
  run config --get "remote.$2.url" || echo
  run status --porcelain -uno --ignore-submodules=all | head -n 1 | grep . || echo
}`,
      ...keys.map(({ path, remote }) => sh`look ${path} ${remote}`),
    ]),
  parse: (answer, keys) => {
    const lines = answer.toString('utf8').split('\n')
    return keys.map((_, index) => {
      const [there, head, url, modified] = lines.slice(index * 4, index * 4 + 4)
      return there === 'yes' ? { head: head || null, url: url || null, modified: modified !== '' } : null
    })
  },
  matches: (predicted, observed) =>
    predicted === null || observed === null
      ? predicted === observed
      : (typeof predicted.head !== 'string' || predicted.head === observed.head) &&
        predicted.url === observed.url,
  describe: (value) => (value === null ? 'no repository' : `commit ${String(value.head)}`),
})
