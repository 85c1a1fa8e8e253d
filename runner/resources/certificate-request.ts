import { createHash } from 'node:crypto'
import { openScratch } from '../packages/scratch.ts'
import { sh } from '../transport/shell.ts'
import { atPath, defineResource } from './resource.ts'
import type { PrivateKeyFile } from './public-key.ts'

/** A request for a certificate as openssl would make it. */
export interface RequestKey {
  readonly key: PrivateKeyFile
  /** The configuration of `openssl req`. */
  readonly config: string
  /** sha256 */
  readonly digest: string
}

export type CertificateRequest = { readonly pem: string } | { readonly error: string }

/** The request that a private key of the host makes. Nothing is written but in the session's private directory. */
export const certificateRequest = defineResource<RequestKey, CertificateRequest>({
  name: 'certificate request',
  id: (key) =>
    `${key.key.path} ${createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 16)}`,
  outdatedBy: atPath((path, { key }) => path === key.path),
  read: (keys) =>
    sh`${keys.map(
      ({ key, config, digest }) => sh`( ${openScratch}
settings=$(mktemp -- "$scratch/req.XXXXXXXX") && printf '%s' ${config} > "$settings" || exit
printf '%s\\n' ${key.passphrase ?? ''} | openssl req -new -batch -key ${key.path} -passin stdin -config "$settings" ${`-${digest}`} 2>&1
rm -f -- "$settings" ); printf '\\0'
`,
    )}`,
  parse: (answer, keys) => {
    const records = answer.toString('utf8').split('\0')
    return keys.map((_, index) => {
      const record = records[index] ?? ''
      const pem = /-----BEGIN CERTIFICATE REQUEST-----[^]*-----END CERTIFICATE REQUEST-----\n/.exec(
        record,
      )?.[0]
      return pem === undefined ? { error: record.trim() || 'openssl has made no request' } : { pem }
    })
  },
  // Some kinds of key sign the same in another way every time.
  matches: () => true,
})
