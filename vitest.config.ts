import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const machines = (...names: readonly string[]) => names.map((name) => `test/hosts/${name}.test.ts`)

// Four projects: `unit` needs nothing but Node, and `programs` no more, but it starts the program or the service as
// processes, again and again; `hosts` boots real Debian machines and so runs one file at a time, with
// every idiom on one release; `long` is not part of `npm test`: every idiom on both, each role alone, and operations
// that are waited for in real time.
const quick = machines(
  'transport',
  'transport-become',
  'sandbox',
  'refusals',
  'file-modules',
  'untouched',
  'site',
  'idioms',
  'generated',
)
const programs = [
  'test/{admin,bundle,commands}/**/*.test.ts',
  'test/inventory/command.test.ts',
  'test/plans/plans.test.ts',
  'test/service/{admin,build,http,lifecycle}.test.ts',
  'test/vault/{commands,edit}.test.ts',
]
// Puts whole clusters of processes under load, so it runs with the machines' tests, one file at a time.
const processes = 'test/service/cluster.test.ts'
const reports = process.env['REPORT_DIRECTORY']

export default defineConfig({
  test: {
    reporters: reports ? ['default', 'json'] : ['default'],
    outputFile: reports ? { json: join(reports, `vitest-${process.pid}.json`) } : undefined,
    // Most of the time tests wait for a process that they have started.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        test: {
          name: 'unit',
          // Loading the program anew for each file takes longer than its tests.
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: ['test/hosts/**', ...programs, processes, 'node_modules/**'],
          // No test measures time; a busy machine is no failure.
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
      {
        test: {
          name: 'programs',
          // Each file clears up after the processes that it has started.
          include: programs,
          testTimeout: 90_000,
          hookTimeout: 90_000,
        },
      },
      {
        test: {
          name: 'hosts',
          include: [...quick, processes],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'long',
          include: ['test/hosts/**/*.test.ts'],
          exclude: [
            ...quick.filter((file) => !machines('idioms', 'generated').includes(file)),
            'node_modules/**',
          ],
          env: { IDIOMS: 'everywhere' },
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
})
