#!/usr/bin/env node
// The program. JavaScript, because Node loads its TypeScript parser for a first file in TypeScript; all others come
// ready from the compile cache.
import { enableCompileCache } from 'node:module'

enableCompileCache()
const { main } = await import('./commands/main.ts')
await main(process.argv.slice(2))
