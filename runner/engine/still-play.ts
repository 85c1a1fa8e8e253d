import type { Play } from '../source/model.ts'
import { EventOrder } from './event-order.ts'
import { playLayers } from './play-variables.ts'
import { publicRolesOf } from './play.ts'
import { Progress } from './progress.ts'
import type { PlayRun, Run } from './run.ts'
import { Upcoming } from './upcoming.ts'

/** A play as it stands before it begins: to look at what its tasks would see, without running any. */
export async function stillPlay(run: Run, play: Play, hosts: readonly string[]): Promise<PlayRun> {
  return {
    run,
    play,
    id: '',
    name: '',
    allHosts: hosts,
    batch: hosts,
    layers: await playLayers(run, play),
    publicRoles: publicRolesOf(play),
    handlers: [],
    upcoming: new Upcoming(),
    progress: new Progress(hosts, () => undefined),
    order: new EventOrder(() => undefined),
    once: new Map(),
    fatal: [],
    stop: undefined,
    lockstep: false,
    // Nobody waits for hosts that do not move.
    free: true,
  }
}

/** A play of no playbook, with nothing in it. */
export function emptyPlay(directory: string): Play {
  const location = { file: '-', line: 1, column: 1 }
  return {
    kind: 'play',
    location,
    file: location.file,
    directory,
    keywords: {},
    preTasks: [],
    roles: [],
    tasks: [],
    postTasks: [],
    handlers: [],
    locate: () => location,
  }
}
