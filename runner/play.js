#!/usr/bin/env node
// The program. JavaScript, because Node loads its TypeScript parser for a first file in TypeScript.
import { enableCompileCache } from 'node:module'
import { bundle, isStale } from './stale.js'

enableCompileCache()
const { main } = await import(isStale() ? './commands/main.ts' : bundle)
await main(process.argv.slice(2))
