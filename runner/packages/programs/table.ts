import type { Program } from '../sh/shell.ts'
import { accountPrograms } from './accounts.ts'
import { builtins } from './builtins.ts'
import { dpkgPrograms } from './dpkg.ts'
import { filePrograms } from './files.ts'
import { harmlessPrograms } from './harmless.ts'
import { servicePrograms } from './services.ts'
import { textPrograms } from './text.ts'

/** The programs that are known, by name. What else a script runs is not understood. */
export const programs: Readonly<Record<string, Program>> = {
  ...harmlessPrograms,
  ...textPrograms,
  ...filePrograms,
  ...accountPrograms,
  ...servicePrograms,
  ...dpkgPrograms,
  ...builtins,
}
