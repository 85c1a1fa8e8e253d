import type { MetricFamily } from './family.ts'

/** Cumulated counts by upper bound, of all series of a histogram together. */
export type Buckets = Map<number, number>

export function bucketsOf(families: MetricFamily[], name: string): Buckets {
  const buckets: Buckets = new Map()
  for (const { metricName, labels, value } of families.find((family) => family.name === name)?.values ?? []) {
    if (metricName !== `${name}_bucket`) continue
    const bound = labels['le'] === '+Inf' ? Infinity : Number(labels['le'])
    buckets.set(bound, (buckets.get(bound) ?? 0) + value)
  }
  return buckets
}

/** What was counted between two readings. */
export function bucketsSince(before: Buckets, now: Buckets): Buckets {
  return new Map([...now].map(([bound, count]) => [bound, Math.max(0, count - (before.get(bound) ?? 0))]))
}

/** The quantile by linear interpolation in its bucket, as Prometheus computes it; null without an observation. */
export function quantile(buckets: Buckets, q: number): number | null {
  const sorted = [...buckets].sort(([a], [b]) => a - b)
  const count = sorted.at(-1)?.[1] ?? 0
  if (count === 0) return null
  const rank = q * count
  let lower = 0
  let below = 0
  for (const [bound, cumulated] of sorted) {
    if (cumulated >= rank && cumulated > below) {
      return bound === Infinity ? lower : lower + ((bound - lower) * (rank - below)) / (cumulated - below)
    }
    lower = bound
    below = cumulated
  }
  return lower
}
