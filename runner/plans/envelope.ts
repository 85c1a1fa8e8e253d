import { createHash } from 'node:crypto'
import { isVaulted } from '../source/vault.ts'
import { encryptAge, isAge } from '../vault/age.ts'
import type { Vault } from '../vault/vault.ts'
import { SCRATCH } from '../packages/scratch.ts'
import { canonical } from './codec.ts'
import { SOME_SCRATCH } from './fingerprint.ts'
import type { Plan } from './plan.ts'

const MAGIC = 'rehearsal-plan 1 sha256:'

/** How a plan is kept from readers: by a vault password, for age recipients, or not at all. */
export interface Seal {
  readonly vault?: Vault
  readonly vaultId?: string
  readonly recipients?: readonly string[]
}

/**
 * A plan as the text of a file: a line with the digest of what follows, then canonical JSON; encrypted as a whole
 * where a seal says so. The digest finds accidents; only encryption with a vault password keeps others from making a
 * plan of their own. The same plan gives the same bytes, but for age, which never does.
 */
export async function sealPlan(plan: Plan, { vault, vaultId, recipients }: Seal): Promise<string> {
  const body = `${canonical(plan).replaceAll(SCRATCH, SOME_SCRATCH)}\n`
  const text = `${MAGIC}${sha256(body)}\n${body}`
  if (recipients) return encryptAge(Buffer.from(text), recipients)
  return vault ? vault.encryptSame(text, vaultId) : text
}

/** Reads a plan's text. Throws an Error that says what is wrong with it. */
export function openPlan(text: string, vault: Vault | undefined): Plan {
  if (isVaulted(text) || isAge(text)) {
    if (!vault)
      throw new Error('it is encrypted: give its password with --vault-password-file, --vault-id or -J')
    return openPlan(vault.decrypt(text), vault)
  }
  const end = text.indexOf('\n')
  const head = text.slice(0, end)
  if (!/^rehearsal-plan \d+ sha256:/.test(head)) throw new Error('it is no plan')
  if (!head.startsWith(MAGIC)) throw new Error('another version of this program wrote it: plan again')
  const body = text.slice(end + 1)
  if (sha256(body) !== head.slice(MAGIC.length))
    throw new Error('it was changed after it was written, and must not be applied: plan again')
  return JSON.parse(body) as Plan
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
