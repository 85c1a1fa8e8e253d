import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { generate } from '../fidelity/generate.ts'
import { rehearseLocally } from '../fidelity/rehearse-local.ts'
import { table } from '../fidelity/table.ts'

/** How many plays; more of them with `GENERATED_PLAYS=2000 GENERATED_FROM=10000`. */
const PLAYS = Number(process.env['GENERATED_PLAYS'] ?? 75)
const FROM = Number(process.env['GENERATED_FROM'] ?? 1)
const STEPS = 40

// Plays made up by chance, on this machine in a directory of their own. What a seed finds becomes a case in
// test/fidelity/found.test.ts.
describe('a dry run is right about plays that nobody would write', () => {
  const root = mkdtempSync(join(tmpdir(), 'generated-'))
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  test.each(Array.from({ length: PLAYS }, (_, index) => FROM + index))('seed %i', async (seed) => {
    const verdicts = await rehearseLocally(generate(seed, join(root, 'files'), STEPS))
    const wrong = verdicts.filter(({ verdict }) => verdict === 'wrong')
    expect(wrong, table(`seed ${seed}`, verdicts)).toEqual([])
    expect(verdicts.length).toBeGreaterThanOrEqual(STEPS)
  })
})
