import { createHash } from 'node:crypto'
import { isVaulted } from '../source/vault.ts'
import { encryptAge, isAge, isPristineAge } from '../vault/age.ts'
import { parseEnvelope, writeEnvelope } from '../vault/format.ts'
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
  if (recipients) return encryptAge(Buffer.from(headed(body)), recipients)
  return vault ? vault.encryptSame(headed(body, vault.idFor(vaultId)), vaultId) : headed(body)
}

function headed(body: string, label?: string): string {
  return `${MAGIC}${digestOf(body, label)}\n${body}`
}

// The vault id stands in the clear, where no password protects it.
function digestOf(body: string, label = 'default'): string {
  return sha256(label === 'default' ? body : `${label}\n${body}`)
}

/** Reads a plan's text. Throws an Error that says what is wrong with it; not one byte of it may have been changed. */
export function openPlan(text: string, vault: Vault | undefined): Plan {
  if (!isVaulted(text) && !isAge(text)) return openText(text)
  if (!vault)
    throw new Error('it is encrypted: give its password with --vault-password-file, --vault-id or -J')
  if (isAge(text)) {
    if (!isPristineAge(text)) throw new Error(CHANGED)
    return openText(vault.decrypt(text))
  }
  const envelope = parseEnvelope(text)
  if (writeEnvelope(envelope) !== text) throw new Error(CHANGED)
  return openText(vault.decrypt(text), envelope.label)
}

const CHANGED = 'it was changed after it was written, and must not be applied: plan again'

function openText(text: string, label?: string): Plan {
  const end = text.indexOf('\n')
  const head = text.slice(0, end)
  if (!/^rehearsal-plan \d+ sha256:/.test(head)) throw new Error('it is no plan')
  if (!head.startsWith(MAGIC)) throw new Error('another version of this program wrote it: plan again')
  const body = text.slice(end + 1)
  if (digestOf(body, label) !== head.slice(MAGIC.length)) throw new Error(CHANGED)
  return JSON.parse(body) as Plan
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
