import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// Two projects: `unit` needs nothing but Node; `hosts` boots real Debian machines and so runs one file at a time.
const reports = process.env['REPORT_DIRECTORY']

export default defineConfig({
  test: {
    reporters: reports ? ['default', 'json'] : ['default'],
    outputFile: reports ? { json: join(reports, `vitest-${process.pid}.json`) } : undefined,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/hosts/**', 'node_modules/**'],
        },
      },
      {
        test: {
          name: 'hosts',
          include: ['test/hosts/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
})
