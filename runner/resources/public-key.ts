import { createHash } from 'node:crypto'
import { sh } from '../transport/shell.ts'
import { atPath, defineResource } from './resource.ts'

/** A private key on the host, and what opens it. */
export interface PrivateKeyFile {
  /** Absolute path. */
  readonly path: string
  readonly passphrase?: string
}

/** The public half of a key as PEM text, and whether the file is encrypted. */
export type PublicKeyOf = { readonly pem: string; readonly encrypted: boolean } | { readonly error: string }

/** The public half of a private key; the private one never leaves the host. */
export const publicKey = defineResource<PrivateKeyFile, PublicKeyOf>({
  name: 'public key',
  id: ({ path, passphrase }) =>
    passphrase === undefined
      ? path
      : `${path} ${createHash('sha256').update(passphrase).digest('hex').slice(0, 16)}`,
  outdatedBy: atPath((path, key) => path === key.path),
  read: (keys) =>
    sh`${keys.map(
      ({
        path,
        passphrase = '',
      }) => sh`if complaint=$(printf '%s\\n' ${passphrase} | openssl pkey -in ${path} -pubout -passin stdin 2>&1)
then grep -q ENCRYPTED < ${path} && printf '+%s\\0' "$complaint" || printf -- '-%s\\0' "$complaint"
else printf '!%s\\0' "$complaint"; fi
`,
    )}`,
  parse: (answer, keys) => {
    const records = answer.toString('utf8').split('\0')
    return keys.map((_, index) => {
      const record = records[index] ?? ''
      const pem = /-----BEGIN PUBLIC KEY-----[^]*-----END PUBLIC KEY-----/.exec(record)?.[0]
      if (pem !== undefined && !record.startsWith('!')) return { pem, encrypted: record.startsWith('+') }
      return { error: record.slice(1).trim() || 'the key cannot be read' }
    })
  },
})
