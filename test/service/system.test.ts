import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { cpuPercent, parseCpuTimes, readCpuTimes } from '../../service/system/cpu.ts'
import { diskOf, readDisk } from '../../service/system/disk.ts'
import { parseMemory, readMemory } from '../../service/system/memory.ts'

const stat = (busy: number, idle: number) =>
  `cpu  ${busy} 0 0 ${idle} 0 0 0 0 0 0\ncpu0 ${busy} 0 0 0 0\ncpu1 0 0 0 ${idle}\nintr 1 2 3\n`

test('CPU times are user to steal; waiting for I/O is idle and guest time is not counted twice', () => {
  const text = 'cpu  100 10 50 800 30 5 5 0 90 10\ncpu0 1 2 3\nintr 5\n'
  expect(parseCpuTimes(text)).toEqual({ busy: 170, total: 1000, count: 1 })
})

test.each([
  ['a quarter of the time', stat(0, 0), stat(25, 75), 25],
  ['none of it', stat(10, 10), stat(10, 110), 0],
  ['all of it', stat(10, 10), stat(60, 10), 100],
  ['no time between the readings', stat(10, 10), stat(10, 10), 0],
  ['a counter that went back', stat(10, 10), stat(0, 110), 0],
])('the share of busy CPU time: %s', (_name, before, after, percent) => {
  expect(cpuPercent(parseCpuTimes(before), parseCpuTimes(after))).toBe(percent)
})

test('memory in use is what is not available', () => {
  const text = 'MemTotal:        1000 kB\nMemFree:          100 kB\nMemAvailable:     600 kB\nBuffers: 1 kB\n'
  expect(parseMemory(text)).toEqual({ total: 1_024_000, available: 614_400, used: 409_600, percent: 40 })
})

test('disk space is counted as df counts it, with root’s reserve apart', () => {
  expect(diskOf({ bsize: 1000, blocks: 100, bfree: 50, bavail: 40 })).toEqual({
    total: 100_000,
    used: 50_000,
    free: 40_000,
    percent: 55.6,
  })
})

test('this host’s own figures agree with what the kernel says', async () => {
  const cpus = readFileSync('/proc/cpuinfo', 'utf8').match(/^processor\s*:/gm)?.length
  expect(readCpuTimes().count).toBe(cpus)
  const memory = readMemory()
  expect(memory.used + memory.available).toBe(memory.total)
  const disk = await readDisk('/')
  expect(disk.used + disk.free).toBeLessThanOrEqual(disk.total)
  expect(disk.total).toBeGreaterThan(0)
})
