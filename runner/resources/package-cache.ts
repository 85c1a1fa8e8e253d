import { openScratch } from '../packages/scratch.ts'
import { sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

/** What can be deleted of the archives that apt has fetched: all of them, or those that are in no list any more. */
export type CacheSelection = 'all' | 'obsolete'

/** The names of fetched archives that `apt-get clean` (all) or `autoclean` (obsolete) would delete. */
export const packageCache = defineResource<CacheSelection, readonly string[]>({
  name: 'package cache',
  id: (key) => key,
  read: (keys) => sh`cd /var/cache/apt/archives || exit 0
for selection in ${keys}; do
  case $selection in
    all) find . -type f ! -name lock -printf '%f\\n' | sort ;;
    obsolete) set -- *.deb
      [ ! -e "$1" ] || ( ${openScratch}
        # Its own cache file is all that a simulation would write.
        LC_ALL=C apt-get -s -o Debug::NoLocking=true -o Dir::Cache::pkgcache="$scratch/pkgcache.bin" -o Dir::Cache::srcpkgcache="$scratch/srcpkgcache.bin" autoclean |
          sed -n 's/^Del \\([^ ]*\\) \\([^ ]*\\) .*/\\1 \\2/p' | sort ) ;;
  esac
  echo /
done 2>/dev/null`,
  parse: (answer, keys) => {
    const lines = answer.toString('utf8').split('\n')
    return keys.map(() => lines.splice(0, lines.indexOf('/') + 1).slice(0, -1))
  },
})
