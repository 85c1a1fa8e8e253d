import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { EndpointLimit } from '../../runner/transport/endpoint-limit.ts'

test('only so many run at once for one endpoint, others are not held up, and failures make room', async () => {
  const limit = new EndpointLimit(3)
  const running = new Map<string, number>()
  const most = new Map<string, number>()
  const work = (endpoint: string, index: number) =>
    limit.run(endpoint, async () => {
      running.set(endpoint, (running.get(endpoint) ?? 0) + 1)
      most.set(endpoint, Math.max(most.get(endpoint) ?? 0, running.get(endpoint)!))
      await sleep(1)
      running.set(endpoint, running.get(endpoint)! - 1)
      if (index % 2 === 0) throw new Error(`${endpoint} ${index}`)
      return index
    })
  const ten = Array.from({ length: 10 }, (_, index) => index)
  const results = await Promise.allSettled(ten.flatMap((index) => [work('a:22', index), work('b:22', index)]))
  expect(Object.fromEntries(most)).toEqual({ 'a:22': 3, 'b:22': 3 })
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
})
