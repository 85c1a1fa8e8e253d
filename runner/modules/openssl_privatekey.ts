import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { effect } from '../host/state.ts'
import { publicKey } from '../resources/public-key.ts'
import { joinScripts, type Script, sh } from '../transport/shell.ts'
import { Unknown } from '../variables/unknown.ts'
import type { Dict } from '../variables/value.ts'
import { type Arguments, args, bool, choice, int, mode, optional, path, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { failed, type Outcome, undecided } from './outcome.ts'
import { attributeArguments } from './support/attributes.ts'
import { hostPath } from './support/host-path.ts'
import { keepFile } from './support/keep-file.ts'
import { makeSecretFile } from './support/make-secret-file.ts'
import { removeUnseen } from './support/remove-file.ts'
import { unlessUnknown } from './support/unless-unknown.ts'

const TYPES = ['RSA', 'DSA', 'ECC', 'Ed25519', 'Ed448', 'X25519', 'X448'] as const

const schema = args({
  path: path('The key’s file.'),
  state: choice(['absent', 'present'], 'Whether the key is to be there.', { default: 'present' }),
  type: choice(TYPES, 'The kind of key.', { default: 'RSA' }),
  size: int('Bits, for RSA and DSA.', { default: 4096 }),
  curve: optional(text('The curve, for ECC: secp256r1, secp384r1, secp521r1 …')),
  passphrase: optional(text('What opens it; it is encrypted then.')),
  cipher: text('Accepted; AES-256 is used with a passphrase.', { default: 'auto' }),
  format: choice(['pkcs1', 'pkcs8', 'raw', 'auto', 'auto_ignore'], 'How it is written.', {
    default: 'auto_ignore',
  }),
  format_mismatch: choice(['regenerate', 'convert'], 'Accepted; the format of a key that is there is left.', {
    default: 'regenerate',
  }),
  regenerate: choice(
    ['never', 'fail', 'partial_idempotence', 'full_idempotence', 'always'],
    'When a key that is there gives way to a new one.',
    { default: 'full_idempotence' },
  ),
  force: bool('Always make a new one.', { default: false }),
  backup: bool('Keep the old one beside it.', { default: false }),
  return_content: bool('Not supported: the key does not leave the host.', { default: false }),
  ...attributeArguments,
  mode: mode('Permissions.', { default: '0600' }),
})

type Given = Arguments<typeof schema>

/** @source https://docs.ansible.com/ansible/latest/collections/community/crypto/openssl_privatekey_module.html */
export default defineModule({
  name: 'openssl_privatekey',
  summary: 'Makes a private key on the host, which it never leaves.',
  touches: ['path'],
  args: schema,
  plan: (given, planning) => {
    const at = hostPath(given.path, planning)
    if (given.state === 'absent') return removeUnseen(at, { filename: at }, planning)
    if (given.return_content)
      return failed('return_content is not supported: the key does not leave the host')
    if (given.type === 'ECC' && given.curve === undefined) return failed('curve is required with type=ECC')
    if (given.format === 'raw') return failed('format=raw is not supported')
    const { path: real, status } = planning.files.stat(at)
    const hasProgram = planning.files.exists('/usr/bin/openssl')
    if (!hasProgram) return failed('Failed to find required executable "openssl"')
    if (status.type === 'absent') return generate(at, real, given, planning)
    if (given.force || given.regenerate === 'always') return generate(at, real, given, planning)
    const told = { filename: at, size: given.size, type: given.type }
    // Whether the run has made it or another task has: only a real run can look into it.
    const half = () => {
      const isThere = planning.files.digest(at) !== null
      return isThere ? planning.state.read(publicKey, { path: real, passphrase: given.passphrase }) : null
    }
    const found = given.regenerate === 'never' ? unlessUnknown(half) : half()
    if (found === null) return failed(`${at} is a ${status.type}, and no key`)
    if (found instanceof Unknown) return keepFile(at, given, { ...told, fingerprint: found }, planning)
    if ('error' in found && /not found/.test(found.error))
      return undecided([{ what: 'openssl, which the run installs' }])
    if ('error' in found || found.encrypted !== (given.passphrase !== undefined)) {
      if (given.regenerate === 'full_idempotence') return generate(at, real, given, planning)
      return failed(
        `Unable to read the key. The key is protected with another passphrase / no passphrase or broken: ${at}. Will not proceed. To force regeneration, call the module with \`regenerate\` set to \`full_idempotence\` or \`always\`, or with \`force=true\`.`,
      )
    }
    const key = createPublicKey(found.pem)
    if (given.regenerate === 'never' || isSuch(key, given))
      return keepFile(at, given, { ...told, fingerprint: fingerprints(key) }, planning)
    if (given.regenerate === 'fail')
      return failed(
        'Key has wrong type and/or size. Will not proceed. To force regeneration, call the module with `generate` set to `partial_idempotence`, `full_idempotence` or `always`, or with `force=true`.',
      )
    return generate(at, real, given, planning)
  },
})

function isSuch(
  { asymmetricKeyType, asymmetricKeyDetails }: KeyObject,
  { type, size, curve }: Given,
): boolean {
  if (asymmetricKeyType !== NODE_TYPES[type]) return false
  if (type === 'RSA' || type === 'DSA') return asymmetricKeyDetails?.modulusLength === size
  return type !== 'ECC' || curveName(asymmetricKeyDetails?.namedCurve ?? '') === curveName(curve!)
}

const NODE_TYPES: Readonly<Record<Given['type'], string>> = {
  RSA: 'rsa',
  DSA: 'dsa',
  ECC: 'ec',
  Ed25519: 'ed25519',
  Ed448: 'ed448',
  X25519: 'x25519',
  X448: 'x448',
}

/** OpenSSL's names of the curves of NIST. */
function curveName(name: string): string {
  return { secp256r1: 'prime256v1', secp192r1: 'prime192v1' }[name] ?? name
}

function generate(at: string, real: string, given: Given, planning: Planning): Outcome {
  const { type, size, passphrase } = given
  const later = new Unknown({ what: `the key ${at}`, location: planning.location })
  const result: Dict = { filename: at, size, type, fingerprint: later }
  const outcome = makeSecretFile(
    {
      path: at,
      make: making(given),
      afterwards: sh`printf '%s\\n' "$pass" | openssl pkey -in ${real} -pubout -passin stdin`,
      payload: Buffer.from(`${passphrase ?? ''}\n`),
      attributes: given,
      backup: given.backup,
      content: later,
      what: `a new key (${type}${type === 'RSA' || type === 'DSA' ? `, ${size} bits` : ''})`,
      result,
      finish: ({ stdout }) => ({
        ...result,
        fingerprint: fingerprints(createPublicKey(stdout.toString('latin1'))),
      }),
    },
    planning,
  )
  return outcome.type === 'change'
    ? { ...outcome, after: [...outcome.after, effect(publicKey, { path: real, passphrase }, later)] }
    : outcome
}

// The passphrase comes on the standard input, which shows it to nobody.
function making({ type, size, curve, passphrase, format }: Given): Script {
  const options = {
    RSA: ['-algorithm', 'RSA', '-pkeyopt', `rsa_keygen_bits:${size}`],
    DSA: ['-paramfile', '/dev/fd/4'],
    ECC: [
      '-algorithm',
      'EC',
      '-pkeyopt',
      `ec_paramgen_curve:${curveName(curve ?? '')}`,
      '-pkeyopt',
      'ec_param_enc:named_curve',
    ],
    Ed25519: ['-algorithm', 'ED25519'],
    Ed448: ['-algorithm', 'ED448'],
    X25519: ['-algorithm', 'X25519'],
    X448: ['-algorithm', 'X448'],
  }[type]
  const traditional = ['RSA', 'DSA', 'ECC'].includes(type) && format !== 'pkcs8' ? ['-traditional'] : []
  const cipher = passphrase === undefined ? [] : ['-aes256', '-passout', 'fd:3']
  return joinScripts([
    sh`IFS= read -r pass || :`,
    ...(type === 'DSA' ? [sh`parameters=$(openssl dsaparam ${size})`] : []),
    sh`openssl genpkey ${options} 4<<PARAMETERS | openssl pkey ${traditional} ${cipher} -out "$candidate" 3<<PASS
$parameters
PARAMETERS
$pass
PASS`,
  ])
}

/** Of the public key in DER, by the names of the digests. */
function fingerprints(key: KeyObject): Dict {
  const der = key.export({ type: 'spki', format: 'der' })
  return Object.fromEntries(
    ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'].map((name) => [
      name,
      createHash(name)
        .update(der)
        .digest('hex')
        .replaceAll(/(..)(?=.)/g, '$1:'),
    ]),
  )
}
