import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { roleReadme } from './role-readme.ts'

/** Writes what is made from the sources: roles/<role>/README.md. A test fails when they differ. */
const roles = fileURLToPath(new URL('../roles', import.meta.url))
for (const role of readdirSync(roles))
  writeFileSync(join(roles, role, 'README.md'), roleReadme(role, join(roles, role)))
