import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { roleReadme } from '../../docs/role-readme.ts'

const roles = fileURLToPath(new URL('../../roles', import.meta.url))

test.each(readdirSync(roles))(
  'roles/%s/README.md is what `node docs/generate.ts` makes of its argument specs',
  (role) => {
    const directory = join(roles, role)
    expect(readFileSync(join(directory, 'README.md'), 'utf8')).toBe(roleReadme(role, directory))
  },
)
