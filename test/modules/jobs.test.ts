import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Job, readJob } from '../../runner/modules/support/jobs.ts'
import type { Frame } from '../../runner/transport/session.ts'
import { sh } from '../../runner/transport/shell.ts'
import { localWorld } from './local-world.ts'

const directory = mkdtempSync(join(tmpdir(), 'jobs-'))
afterAll(() => rmSync(directory, { recursive: true }))
const host = localWorld()
const run = (frame: Frame) => host.run(frame)

test('a job whose time is over has ended as late at every moment at which somebody looks', async () => {
  const job = new Job(0.2, directory)
  // As the loop on a host has it: a group of its own.
  const frames = { script: sh`sleep 30` }
  void job.launch(frames, ({ script }) => run({ script: sh`exec setsid -w sh -c ${script.text}` }))
  const seen = new Set<unknown>()
  const end = Date.now() + 5000
  while (!seen.has('late') && Date.now() < end) {
    const found = await readJob(job, run)
    seen.add(typeof found === 'object' ? found.status : found)
  }
  expect([...seen].filter((each) => each !== 'missing')).toEqual(['running', 'late'])
})

test('how a job ended is told once all of it is written', async () => {
  const job = new Job(1, directory)
  mkdirSync(job.resultsFile)
  writeFileSync(join(job.resultsFile, 'rc.new'), '')
  expect(await readJob(job, run)).toBe('running')
})
