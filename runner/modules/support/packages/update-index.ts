import { UnknownRead } from '../../../host/misses.ts'
import { effect } from '../../../host/state.ts'
import { changesLists, enterWorld } from '../../../packages/apt-world.ts'
import { packageIndex, type PackageIndex } from '../../../resources/package-index.ts'
import { sh } from '../../../transport/shell.ts'
import { Unknown } from '../../../variables/unknown.ts'
import type { Planning } from '../../module.ts'
import { change, type Outcome, type Trial, unchanged } from '../../outcome.ts'
import { rootOnly } from './run-apt.ts'
import { foretoldFiles } from './world-of.ts'

export interface UpdateOptions {
  /** Seconds for which an index counts as fresh. */
  readonly cache_valid_time: number
  /** How often a failed update is tried again. */
  readonly update_cache_retries: number
  /** Seconds between two tries, at most. */
  readonly update_cache_retry_max_delay: number
  readonly lock_timeout: number
}

/** Whether an index is as young as the author wants it. One that was never fetched is not, however young its directory. */
export function isFresh(
  { empty, age }: PackageIndex,
  { cache_valid_time }: Pick<UpdateOptions, 'cache_valid_time'>,
): boolean {
  return !empty && age <= cache_valid_time && cache_valid_time > 0
}

/** Plans that the package index is fresh. */
export function updateIndex(options: UpdateOptions, planning: Planning): Outcome {
  const index = planning.state.read(packageIndex, '')
  if (isFresh(index, options)) return unchanged()
  const {
    update_cache_retries: retries,
    update_cache_retry_max_delay: longest,
    lock_timeout: patience,
  } = options
  return rootOnly(planning, () =>
    change({
      diff: [
        {
          path: 'package index',
          attributes: [{ name: 'age', before: index.empty ? null : describeAge(index.age), after: 'fresh' }],
        },
      ],
      // An index that has not changed keeps its time; it is set so that its age tells when it was last looked at.
      script: sh`export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
exec 3>&1
try=0 delay=1 waited=0
until complaint=$(apt-get -q -o APT::Update::Error-Mode=any update 2>&1 >&3 3>&-); do
  case $complaint in
    *'Could not get lock'*)
      [ "$waited" -lt ${patience} ] && { waited=$((waited + 1)); sleep 1; continue; } ;;
    *)
      try=$((try + 1)); [ "$try" -le ${retries} ] && {
        sleep "$delay"; delay=$((delay * 2)); [ "$delay" -le ${longest} ] || delay=${longest}; continue; } ;;
  esac
  printf '%s\\n' "$complaint" | grep '^[EW]: ' >&2 || printf '%s\\n' "$complaint" >&2
  exit 100
done
[ -z "$complaint" ] || printf '%s\\n' "$complaint" >&2
touch -c /var/lib/apt/lists`,
      after: [
        effect(packageIndex, '', {
          empty: false,
          updated: new Unknown({ what: 'the update of the package index', location: planning.location }),
          age: 0,
          predicted: true,
        }),
      ],
      trials: trialOf(planning),
      sideEffects: true,
      result: {},
    }),
  )
}

// Where the run has changed what apt is to read, it is tried out whether apt can.
function trialOf(planning: Planning): Trial[] {
  try {
    const files = foretoldFiles(planning).filter(({ path }) => changesLists(path))
    if (files.length === 0) return []
    return [{ script: sh`${enterWorld({ index: 'fetched', packages: [], files })}`, foreseeing: true }]
  } catch (error) {
    if (error instanceof UnknownRead) return []
    throw error
  }
}

function describeAge(seconds: number): string {
  if (seconds < 120) return `${seconds} seconds`
  if (seconds < 7200) return `${Math.round(seconds / 60)} minutes`
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} hours`
  return `${Math.round(seconds / 86_400)} days`
}
