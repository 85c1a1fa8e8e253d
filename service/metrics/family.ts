import type { Registry } from 'prom-client'

export interface MetricValue {
  value: number
  labels: Record<string, string | number>
  metricName?: string
}

/** One metric with its series, as it travels between processes. */
export interface MetricFamily {
  name: string
  help: string
  type: 'counter' | 'gauge' | 'histogram' | 'summary'
  aggregator: 'omit' | 'sum' | 'first' | 'min' | 'max' | 'average'
  values: MetricValue[]
}

/** Every metric of a registry, now. */
export async function collect(registry: Registry): Promise<MetricFamily[]> {
  // The library types the kind of a metric as an enum of its own and leaves out `metricName`.
  return (await registry.getMetricsAsJSON()) as unknown as MetricFamily[]
}

/**
 * Adds up what counts upwards, counters and histograms, of two sets of metrics; gauges are left out. Used to keep what
 * workers counted after they are gone: a sum that fell when a worker left would look like a restart to Prometheus, and
 * `rate()` would invent requests.
 */
export function addCounts(left: MetricFamily[], right: MetricFamily[]): MetricFamily[] {
  const sums = new Map<string, MetricFamily>()
  for (const family of [...left, ...right]) {
    if (family.type !== 'counter' && family.type !== 'histogram') continue
    const sum = sums.get(family.name)
    sums.set(family.name, { ...family, values: addValues(sum?.values ?? [], family.values) })
  }
  return [...sums.values()]
}

function addValues(left: MetricValue[], right: MetricValue[]): MetricValue[] {
  const sums = new Map<string, MetricValue>()
  for (const entry of [...left, ...right]) {
    const key = JSON.stringify([
      entry.metricName,
      Object.keys(entry.labels)
        .sort()
        .map((name) => [name, entry.labels[name]]),
    ])
    const sum = sums.get(key)
    sums.set(key, { ...entry, value: (sum?.value ?? 0) + entry.value })
  }
  return [...sums.values()]
}

/** The sum of a counter's series that pass. */
export function total(
  families: MetricFamily[],
  name: string,
  pass: (labels: MetricValue['labels']) => boolean = () => true,
): number {
  const family = families.find((candidate) => candidate.name === name)
  return (family?.values ?? []).reduce((sum, entry) => sum + (pass(entry.labels) ? entry.value : 0), 0)
}
