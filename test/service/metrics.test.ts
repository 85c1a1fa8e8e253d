import { expect, test } from 'vitest'
import { addCounts, total } from '../../service/metrics/family.ts'
import { bucketsOf, bucketsSince, quantile } from '../../service/metrics/quantile.ts'
import { DURATION, REQUESTS, WorkerMetrics } from '../../service/metrics/workerMetrics.ts'
import { HistoryRecorder } from '../../service/primary/history.ts'

function counted(requests: [route: string, status: number, seconds: number][]) {
  const metrics = new WorkerMetrics()
  for (const [route, status, seconds] of requests) metrics.observe('GET', route, status, seconds)
  return metrics.collect()
}

test('what a worker counted is added to what others counted, series by series', () => {
  const one = counted([
    ['/', 200, 0.1],
    ['/health', 200, 0.1],
  ])
  const two = counted([
    ['/', 200, 0.1],
    ['/', 500, 0.1],
  ])
  const sum = addCounts(one, two)
  expect(total(sum, REQUESTS)).toBe(4)
  expect(total(sum, REQUESTS, (labels) => labels['route'] === '/' && labels['status'] === 200)).toBe(2)
  expect(bucketsOf(sum, DURATION).get(Infinity)).toBe(4)
})

test('gauges are of the moment and not kept', () => {
  const names = addCounts([], counted([['/', 200, 1]])).map((family) => family.name)
  expect(names).toContain(REQUESTS)
  expect(names).not.toContain('http_requests_in_flight')
})

test('an invented method does not become a label', () => {
  const metrics = new WorkerMetrics()
  metrics.observe('BREW', '/', 405, 0.1)
  expect(total(metrics.collect(), REQUESTS, (labels) => labels['method'] === 'other')).toBe(1)
})

test.each([
  [
    'in the middle of a bucket',
    [
      [1, 0],
      [2, 10],
      [Infinity, 10],
    ],
    0.5,
    1.5,
  ],
  [
    'at a bucket’s end',
    [
      [1, 5],
      [2, 10],
      [Infinity, 10],
    ],
    0.5,
    1,
  ],
  [
    'past empty buckets',
    [
      [1, 0],
      [2, 0],
      [4, 4],
      [Infinity, 4],
    ],
    0.25,
    2.5,
  ],
  [
    'beyond the last bound: that bound',
    [
      [1, 0],
      [2, 0],
      [Infinity, 3],
    ],
    0.9,
    2,
  ],
] as [string, [number, number][], number, number][])(
  'a quantile is interpolated %s',
  (_name, buckets, q, value) => {
    expect(quantile(new Map(buckets), q)).toBeCloseTo(value)
  },
)

test('there is no quantile of nothing', () => {
  expect(
    quantile(
      new Map([
        [1, 0],
        [Infinity, 0],
      ]),
      0.5,
    ),
  ).toBeNull()
  expect(quantile(new Map(), 0.5)).toBeNull()
})

test('buckets since a reading are what was counted after it', () => {
  const since = bucketsSince(
    new Map([
      [1, 2],
      [Infinity, 3],
    ]),
    new Map([
      [1, 5],
      [Infinity, 10],
    ]),
  )
  expect([...since]).toEqual([
    [1, 3],
    [Infinity, 7],
  ])
})

test('a point of the history is what happened since the one before', () => {
  const history = new HistoryRecorder()
  history.record(0, counted([['/', 200, 0.1]]), { cpu: 1, memory: 2 })
  const more = counted([
    ['/', 200, 0.1],
    ...Array.from({ length: 19 }, () => ['/', 200, 0.02] as [string, number, number]),
    ['/', 500, 0.02],
  ])
  history.record(10_000, more, { cpu: 10, memory: 20 })
  const point = history.latest()
  expect(point).toMatchObject({ time: 10_000, cpu: 10, memory: 20, requests: 2, errors: 0.1 })
  expect(point!.p50).toBeGreaterThan(10)
  expect(point!.p95).toBeLessThan(25)
})

test('the history holds one hour, also when some of it comes from an earlier process', () => {
  const history = new HistoryRecorder()
  const hour = 3_600_000
  history.restore([point(-hour), point(1), point(hour / 2), point(2 * hour)], hour)
  expect(history.read().points.map(({ time }) => time)).toEqual([1, hour / 2])
  for (let at = 0; at < 400; at += 1) history.record(hour + at * 10_000, [], { cpu: 0, memory: 0 })
  expect(history.read().points).toHaveLength(360)
})

function point(time: number) {
  return { time, cpu: 0, memory: 0, requests: 0, errors: 0, p50: null, p95: null }
}
