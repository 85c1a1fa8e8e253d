import { readFileSync } from 'node:fs'
import { openPlan } from '../plans/envelope.ts'
import type { Plan } from '../plans/plan.ts'
import { whyUnreadable } from '../source/unreadable.ts'
import type { VaultOptions } from '../vault/options.ts'
import { EXIT, UserError } from './fatal.ts'
import { openVault } from './open-vault.ts'

/** Reads a plan's file. Throws `UserError` that says why it cannot be used. */
export async function readPlan(file: string, options: VaultOptions): Promise<Plan> {
  const vault = await openVault(options)
  try {
    return openPlan(readFileSync(file, 'utf8'), vault)
  } catch (error) {
    throw new UserError(`${file} cannot be used: ${whyUnreadable(error)}`, EXIT.unreadable)
  }
}
