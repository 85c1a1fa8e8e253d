import type {
  Counters,
  Diff,
  Event,
  Mispredicted,
  PlayStarted,
  Result,
  Retrying,
  Summary,
  TaskReference,
} from '../../runner/engine/events.ts'
import { noCounters } from '../../runner/reports/recap.ts'
import { TextView, type TextOptions } from '../../runner/reports/text-view.ts'

/** Events for tests, written as shortly as they can be read. */
export const place = { file: 'roles/nginx/tasks/main.yml', line: 12, column: 3 }

export function task(name: string, more: Partial<TaskReference> = {}): TaskReference {
  return { id: name, name, action: 'copy', handler: false, location: place, ...more }
}

export function start(reference: TaskReference): Event {
  return { type: 'task', task: reference }
}

export function play(name: string, hosts: readonly string[] = ['web1']): PlayStarted {
  return { type: 'play', name, hosts, location: { file: 'playbooks/site.yml', line: 1, column: 3 } }
}

export function result(status: Result['status'], more: Partial<Result> = {}): Result {
  return {
    type: 'result',
    play: 'web',
    task: task('Write the configuration'),
    host: 'web1',
    status,
    changed: status === 'changed',
    ignored: false,
    rescued: false,
    result: {},
    diff: [],
    because: [],
    ms: 3,
    ...more,
  }
}

export function retry(attempt: number, retries: number): Retrying {
  return { type: 'retry', task: task('Wait for health'), host: 'web1', attempt, retries, result: {} }
}

export function mispredicted(): Mispredicted {
  return {
    type: 'mispredicted',
    host: 'web1',
    task: task('Set the time zone', { role: 'base' }),
    resource: 'file /etc/localtime',
    predicted: 'link to /usr/share/zoneinfo/UTC',
    observed: 'absent',
  }
}

export function summary(hosts: Record<string, Partial<Counters>>, more: Partial<Summary> = {}): Summary {
  const counters = Object.entries(hosts).map(([host, some]) => [host, { ...noCounters(), ...some }])
  return { type: 'summary', check: false, exitCode: 0, hosts: Object.fromEntries(counters), ...more }
}

export function diff(before: Diff['before'], after: Diff['after'], more: Partial<Diff> = {}): Diff {
  return { path: '/etc/nginx/nginx.conf', before, after, ...more }
}

/** What these events print on stdout. */
export function text(events: readonly Event[], options: TextOptions = {}): string {
  const view = new TextView(options)
  return events.flatMap((event) => view.lines(event).stdout).join('\n')
}
