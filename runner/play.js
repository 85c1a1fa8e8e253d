#!/usr/bin/env -S node --max-semi-space-size=8
// The program. JavaScript, because Node loads its TypeScript parser for a first file in TypeScript. Room for new objects
// is kept small: what a run needs of many hosts is short-lived, and lives on only as the size of the process.
import { spawnSync } from 'node:child_process'
import module from 'node:module'
import { fileURLToPath } from 'node:url'
import { bundle, isStale } from './stale.js'

// `npm ci` has brought the Node that is needed, whatever the machine's own is.
if (Number.parseInt(process.versions.node) < 24) {
  const node = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url))
  const { status, error } = spawnSync(node, process.argv.slice(1), { stdio: 'inherit' })
  if (error) process.stderr.write('Node 24 is needed: `npm ci` in the project’s directory brings it\n')
  process.exit(status ?? 1)
}

module.enableCompileCache()
const { main } = await import(isStale() ? './commands/main.ts' : bundle)
await main(process.argv.slice(2))
