import { open, parseEnvelope, seal } from '../../vault/format.ts'
import { Secret } from '../../variables/secret.ts'
import { asText, text } from '../convert.ts'
import { Failure, type Item } from '../items.ts'
import { plain, type Routines } from '../routine.ts'

function saltFrom(salt: Item): Buffer | undefined {
  return salt === null ? undefined : Buffer.from(asText(salt))
}

/** Ansible's vault format, with a password of one's own. What comes out of a vault is secret. */
export const vaultFilters: Routines = {
  vault: plain(
    'value secret salt? vault_id? wrap_object? vaultid?',
    (_, value, secret, salt = null, id?, _wrap?, oldId?: Item) => {
      const label = text(id ?? oldId ?? 'filter_default', 'vault_id')
      return seal(Buffer.from(text(value)), Buffer.from(asText(secret)), label, saltFrom(salt))
    },
  ),
  unvault: plain('value secret vault_id? vaultid?', (_, value, secret) => {
    const source = text(value)
    if (!source.startsWith('$ANSIBLE_VAULT;')) return source
    let opened: Buffer | undefined
    try {
      opened = open(parseEnvelope(source), Buffer.from(asText(secret)))
    } catch (error) {
      throw new Failure(`the vault cannot be read: ${(error as Error).message}`)
    }
    if (opened === undefined) throw new Failure('the password does not open the vault')
    return new Secret(opened.toString('utf8'))
  }),
}
