import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Adds up what vitest's own JSON reports in a directory say, and prints the plain total. Fails when there is none. */
const directory = process.argv[2] ?? '.'
let passed = 0
let failed = 0
for (const name of readdirSync(directory)) {
  if (!name.endsWith('.json')) continue
  const report = JSON.parse(readFileSync(join(directory, name), 'utf8')) as {
    numPassedTests: number
    numFailedTests: number
    numFailedTestSuites: number
  }
  passed += report.numPassedTests
  // A file that could not even be loaded has no tests that failed; it is a failure all the same.
  failed += report.numFailedTests > 0 ? report.numFailedTests : report.numFailedTestSuites
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
