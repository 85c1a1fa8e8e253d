import cluster from 'node:cluster'
import { fileURLToPath } from 'node:url'
import { checkSettings, runPrimary } from './primary/main.ts'
import { build, version } from './version.ts'
import { runWorker } from './worker/main.ts'

if (!cluster.isPrimary) runWorker()
else if (process.argv.includes('--version')) process.stdout.write(`${version} ${build}\n`)
else if (process.argv.includes('--check')) checkSettings()
else await runPrimary(fileURLToPath(import.meta.url))
