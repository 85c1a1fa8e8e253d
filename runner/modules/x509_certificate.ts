import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { publicKey } from '../resources/public-key.ts'
import { type Script, sh } from '../transport/shell.ts'
import { Unknown } from '../variables/unknown.ts'
import type { Dict } from '../variables/value.ts'
import { type Arguments, args, bool, choice, optional, path, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { failed, undecided } from './outcome.ts'
import { attributeArguments } from './support/attributes.ts'
import { pemBytes, type Subject, subjectOfCertificate, subjectOfRequest } from './support/der.ts'
import { hostPath } from './support/host-path.ts'
import { keepFile } from './support/keep-file.ts'
import { makeSecretFile } from './support/make-secret-file.ts'
import { removeUnseen } from './support/remove-file.ts'
import { unlessUnknown } from './support/unless-unknown.ts'

const schema = args({
  path: path('The certificate’s file.'),
  state: choice(['absent', 'present'], 'Whether it is to be there.', { default: 'present' }),
  provider: optional(choice(['selfsigned', 'ownca', 'acme', 'entrust'], 'Who signs it; not: acme, entrust.')),
  csr_path: optional(path('The request on the host.')),
  privatekey_path: optional(path('The private key on the host, for selfsigned.')),
  privatekey_passphrase: optional(text('What opens the key.')),
  selfsigned_not_after: text('How long it lasts: +365d.', {
    default: '+3650d',
    aliases: ['selfsigned_notAfter'],
  }),
  selfsigned_not_before: text('Only from now on: +0s.', {
    default: '+0s',
    aliases: ['selfsigned_notBefore'],
  }),
  selfsigned_digest: text('The digest that is signed.', { default: 'sha256' }),
  selfsigned_version: text('Accepted.', { default: '3' }),
  ownca_path: optional(path('The certificate of the authority, on the host.')),
  ownca_privatekey_path: optional(path('The key of the authority, on the host.')),
  ownca_privatekey_passphrase: optional(text('What opens that key.')),
  ownca_not_after: text('How long it lasts: +365d.', { default: '+3650d' }),
  ownca_not_before: text('Only from now on: +0s.', { default: '+0s' }),
  ownca_digest: text('The digest that is signed.', { default: 'sha256' }),
  ignore_timestamps: bool('A certificate that is there may last as long as it does.', { default: true }),
  force: bool('Make it anew.', { default: false }),
  backup: bool('Keep the old one beside it.', { default: false }),
  return_content: bool('Return it as `certificate`.', { default: false }),
  ...attributeArguments,
})

type Given = Arguments<typeof schema>

/** @source https://docs.ansible.com/ansible/latest/collections/community/crypto/x509_certificate_module.html */
export default defineModule({
  name: 'x509_certificate',
  aliases: ['openssl_certificate'],
  summary: 'Makes certificates on the host, signed by their own key or by an authority of one’s own.',
  touches: ['path'],
  args: schema,
  plan: (given, planning) => {
    const at = hostPath(given.path, planning)
    if (given.state === 'absent') return removeUnseen(at, { filename: at }, planning)
    const signer = signerOf(given, planning)
    if ('error' in signer) return failed(signer.error)
    if (given.csr_path === undefined) return failed('csr_path is required: make the request with openssl_csr')
    const request = hostPath(given.csr_path, planning)
    for (const each of [
      request,
      signer.key,
      ...(signer.certificate === undefined ? [] : [signer.certificate]),
    ])
      if (planning.files.stat(each).status.type === 'absent')
        return failed(`The file ${each} does not exist or cannot be read.`)
    const later = new Unknown({ what: `the certificate ${at}`, location: planning.location })
    const result: Dict = { filename: at, csr: request, privatekey: signer.key }
    const there = planning.files.stat(at).status.type !== 'absent'
    if (there && !given.force) {
      const fits = unlessUnknown(() => isSuch(at, request, signer, planning))
      if (fits instanceof Unknown) return undecided(fits.because)
      if (typeof fits === 'string') return failed(fits, result)
      if (fits) return keepFile(at, given, { ...result, ...told(at, given, planning) }, planning)
    }
    return makeSecretFile(
      {
        path: at,
        make: signing(request, signer),
        payload: Buffer.from(`${signer.passphrase ?? ''}\n`),
        attributes: given,
        backup: given.backup,
        content: later,
        what: `a new certificate, for ${signer.days} days`,
        result: { ...result, ...(given.return_content ? { certificate: later } : {}) },
        ...(given.return_content
          ? {
              afterwards: sh`cat -- ${at}`,
              finish: ({ stdout }) => ({ certificate: stdout.toString('latin1') }),
            }
          : {}),
      },
      planning,
    )
  },
})

interface Signer {
  readonly key: string
  readonly passphrase?: string
  /** The authority's; without it the certificate is signed by its own key. */
  readonly certificate?: string
  readonly digest: string
  readonly days: number
}

function signerOf(given: Given, planning: Planning): Signer | { readonly error: string } {
  const { provider } = given
  if (provider === undefined) return { error: 'provider is required with state=present' }
  if (provider === 'acme' || provider === 'entrust')
    return { error: `provider=${provider} is not supported: use selfsigned or ownca, or a client of its own` }
  const own = provider === 'selfsigned'
  const from = own ? given.selfsigned_not_before : given.ownca_not_before
  if (!/^\+0[smhdw]?$/.test(from)) return { error: `not_before '${from}' is not supported: only +0s is` }
  const until = own ? given.selfsigned_not_after : given.ownca_not_after
  const days = daysOf(until)
  if (days === undefined) return { error: `not_after '${until}' is not supported: write whole days, +365d` }
  const key = own ? given.privatekey_path : given.ownca_privatekey_path
  if (key === undefined) return { error: `${own ? 'privatekey_path' : 'ownca_privatekey_path'} is required` }
  if (!own && given.ownca_path === undefined) return { error: 'ownca_path is required with provider=ownca' }
  return {
    key: hostPath(key, planning),
    passphrase: own ? given.privatekey_passphrase : given.ownca_privatekey_passphrase,
    ...(own ? {} : { certificate: hostPath(given.ownca_path!, planning) }),
    digest: own ? given.selfsigned_digest : given.ownca_digest,
    days,
  }
}

const SECONDS = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1 }

function daysOf(time: string): number | undefined {
  const match = /^\+(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?$/.exec(time)
  if (!match) return undefined
  const seconds = Object.values(SECONDS).reduce(
    (sum, unit, index) => sum + unit * Number(match[index + 1] ?? 0),
    0,
  )
  return seconds > 0 && seconds % SECONDS.d === 0 ? seconds / SECONDS.d : undefined
}

/** Whether a certificate is that of a request, signed by whom it should be; or why that cannot be told. */
function isSuch(path: string, request: string, signer: Signer, planning: Planning): boolean | string {
  const { files, state } = planning
  const text = (each: string) => files.read(each)?.toString('latin1') ?? ''
  const [pem, asked] = [text(path), text(request)]
  let certificate: X509Certificate
  let wanted: Subject
  let found: ReturnType<typeof subjectOfCertificate>
  try {
    const der = pemBytes(asked, 'CERTIFICATE REQUEST') ?? pemBytes(asked, 'NEW CERTIFICATE REQUEST')
    if (!der) return `${request} is no request`
    wanted = subjectOfRequest(der)
    certificate = new X509Certificate(pem)
    found = subjectOfCertificate(certificate.raw)
  } catch {
    return false
  }
  const same =
    found.name.equals(wanted.name) &&
    found.publicKey.equals(wanted.publicKey) &&
    sameExtensions(found.extensions, wanted.extensions)
  if (!same) return false
  if (signer.certificate !== undefined) {
    const authority = authorityOf(text(signer.certificate))
    if (!authority) return `${signer.certificate} is no certificate`
    return certificate.checkIssued(authority) && certificate.verify(authority.publicKey)
  }
  const { path: key } = files.stat(signer.key)
  files.digest(key)
  const half = state.read(publicKey, { path: key, passphrase: signer.passphrase })
  if ('error' in half) return `the private key ${signer.key} cannot be read: ${half.error}`
  return certificate.verify(createPublicKey(half.pem) satisfies KeyObject)
}

function authorityOf(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

/** Identifiers of keys, which who signs adds: 2.5.29.14 and 2.5.29.35. */
const ADDED = ['0603551d0e', '0603551d23']

function sameExtensions(found: Subject['extensions'], wanted: Subject['extensions']): boolean {
  const of = (all: Subject['extensions']) =>
    [...all].filter(([id]) => !ADDED.includes(id)).map(([, bytes]) => bytes.toString('hex'))
  return of(found).toSorted().join() === of(wanted).toSorted().join()
}

// The passphrase comes on the standard input, which shows it to nobody.
function signing(request: string, { key, certificate, digest, days }: Signer): Script {
  const by = certificate === undefined ? sh`-signkey ${key}` : sh`-CA ${certificate} -CAkey ${key}`
  const identifiers = certificate === undefined ? '' : '\\nauthorityKeyIdentifier = keyid'
  return sh`serial=0x$(od -An -N 16 -tx1 /dev/urandom | tr -d ' \\n' | sed 's/^[89a-f]/1/')
printf ${`subjectKeyIdentifier = hash${identifiers}\\n`} > "$candidate.extensions"
trap 'rm -f -- "$candidate" "$candidate.extensions"' EXIT
openssl x509 -req -in ${request} ${by} -passin stdin -days ${days} ${`-${digest}`} -set_serial "$serial" -copy_extensions copyall -extfile "$candidate.extensions" -out "$candidate"
rm -f -- "$candidate.extensions"`
}

function told(path: string, { return_content }: Given, { files }: Planning): Dict {
  return return_content ? { certificate: files.read(path)?.toString('latin1') ?? null } : {}
}
