import cluster from 'node:cluster'
import { fileURLToPath } from 'node:url'
import { askHealth } from './primary/askHealth.ts'
import { checkSettings, runPrimary } from './primary/main.ts'
import { build, version } from './version.ts'
import { runWorker } from './worker/main.ts'

if (!cluster.isPrimary) runWorker()
else if (process.argv.includes('--version')) process.stdout.write(`${version} ${build}\n`)
else if (process.argv.includes('--check')) checkSettings()
else if (process.argv.includes('--health')) await sayHealth()
else await runPrimary(fileURLToPath(import.meta.url))

async function sayHealth(): Promise<void> {
  const wrong = await askHealth(process.env)
  if (wrong === undefined) return
  process.stderr.write(`${wrong}\n`)
  process.exitCode = 1
}
