import { certificateRequest } from '../resources/certificate-request.ts'
import { Unknown } from '../variables/unknown.ts'
import type { Dict } from '../variables/value.ts'
import { textOf } from '../variables/text.ts'
import {
  type Arguments,
  args,
  bool,
  choice,
  dict,
  int,
  item,
  list,
  optional,
  path,
  text,
} from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { failed, type Outcome } from './outcome.ts'
import { attributeArguments } from './support/attributes.ts'
import { pemBytes, requestInfo } from './support/der.ts'
import { hostPath } from './support/host-path.ts'
import { keepFile } from './support/keep-file.ts'
import { placeFile } from './support/place-file.ts'
import { removeUnseen } from './support/remove-file.ts'
import { unlessUnknown } from './support/unless-unknown.ts'

const name = (description: string, ...aliases: string[]) => optional(text(description, { aliases }))

const schema = args({
  path: path('The request’s file.'),
  state: choice(['absent', 'present'], 'Whether it is to be there.', { default: 'present' }),
  privatekey_path: optional(path('The private key on the host.')),
  privatekey_passphrase: optional(text('What opens the key.')),
  digest: text('The digest that is signed.', { default: 'sha256' }),
  common_name: name('The common name (CN).', 'CN', 'commonName'),
  country_name: name('The country, two letters (C).', 'C', 'countryName'),
  state_or_province_name: name('The state (ST).', 'ST', 'stateOrProvinceName'),
  locality_name: name('The town (L).', 'L', 'localityName'),
  organization_name: name('The organization (O).', 'O', 'organizationName'),
  organizational_unit_name: name('A part of it (OU).', 'OU', 'organizationalUnitName'),
  email_address: name('An address (emailAddress).', 'E', 'emailAddress'),
  subject: optional(dict('More of the name, by OpenSSL’s words.')),
  subject_alt_name: optional(
    list(item.text, 'Other names: DNS:example.org, IP:192.0.2.1, email:…, URI:…', {
      aliases: ['subjectAltName'],
    }),
  ),
  subject_alt_name_critical: bool('They must be understood.', {
    default: false,
    aliases: ['subjectAltName_critical'],
  }),
  use_common_name_for_san: bool('Without other names, the common name is one.', {
    default: true,
    aliases: ['useCommonNameForSAN'],
  }),
  key_usage: optional(
    list(item.text, 'What the key is for: digitalSignature, keyEncipherment …', { aliases: ['keyUsage'] }),
  ),
  key_usage_critical: bool('It must be understood.', { default: false, aliases: ['keyUsage_critical'] }),
  extended_key_usage: optional(
    list(item.text, 'What the certificate is for: serverAuth, clientAuth …', {
      aliases: ['extKeyUsage', 'extendedKeyUsage'],
    }),
  ),
  extended_key_usage_critical: bool('It must be understood.', {
    default: false,
    aliases: ['extKeyUsage_critical', 'extendedKeyUsage_critical'],
  }),
  basic_constraints: optional(list(item.text, 'CA:TRUE, pathlen:0 …', { aliases: ['basicConstraints'] })),
  basic_constraints_critical: bool('They must be understood.', {
    default: false,
    aliases: ['basicConstraints_critical'],
  }),
  ocsp_must_staple: bool('The server must send an answer of OCSP along.', {
    default: false,
    aliases: ['ocspMustStaple'],
  }),
  create_subject_key_identifier: bool('Name the key by its digest.', { default: false }),
  version: int('Accepted; there is one only.', { default: 1 }),
  force: bool('Make it anew.', { default: false }),
  backup: bool('Keep the old one beside it.', { default: false }),
  return_content: bool('Return it as `csr`.', { default: false }),
  ...attributeArguments,
})

type Given = Arguments<typeof schema>

/** @source https://docs.ansible.com/ansible/latest/collections/community/crypto/openssl_csr_module.html */
export default defineModule({
  name: 'openssl_csr',
  summary: 'Makes a request for a certificate, with a private key of the host.',
  touches: ['path'],
  args: schema,
  plan: (given, planning) => {
    const at = hostPath(given.path, planning)
    if (given.state === 'absent') return removeUnseen(at, { filename: at }, planning)
    if (given.privatekey_path === undefined) return failed('privatekey_path is required with state=present')
    const config = configOf(given)
    if (typeof config !== 'string') return failed(config.error)
    const key = hostPath(given.privatekey_path, planning)
    const { path: real, status } = planning.files.stat(key)
    if (status.type === 'absent')
      return failed(`The private key ${given.privatekey_path} does not exist or cannot be read.`)
    const result = {
      filename: at,
      privatekey: key,
      subject: namesOf(given),
      subjectAltName: altNames(given),
    }
    const request = unlessUnknown(() => {
      // A key that the run makes is there, and what is in it nobody knows.
      planning.files.digest(real)
      return planning.state.read(certificateRequest, {
        key: { path: real, passphrase: given.privatekey_passphrase },
        config,
        digest: given.digest,
      })
    })
    if (request instanceof Unknown)
      return place(at, request, given, { ...result, ...told(given, request) }, planning)
    if ('error' in request) return failed(`The request cannot be made: ${request.error}`, result)
    const there = planning.files.read(at)?.toString('latin1')
    if (there !== undefined && !given.force && isSame(there, request.pem))
      return keepFile(at, given, { ...result, ...told(given, there) }, planning)
    const bytes = Buffer.from(request.pem)
    return place(at, bytes, given, { ...result, ...told(given, request.pem) }, planning)
  },
})

function told({ return_content }: Given, csr: string | Unknown): Dict {
  return return_content ? { csr } : {}
}

function place(
  path: string,
  bytes: Buffer | Unknown,
  given: Given,
  result: Parameters<typeof placeFile>[0]['result'],
  planning: Planning,
): Outcome {
  const { backup } = given
  return placeFile({ path, bytes, attributes: given, follow: true, backup, result }, planning)
}

/** Whether two requests say the same. Their signatures may differ all the same. */
function isSame(one: string, other: string): boolean {
  try {
    const [first, second] = [one, other].map((pem) => {
      const der = pemBytes(pem, 'CERTIFICATE REQUEST') ?? pemBytes(pem, 'NEW CERTIFICATE REQUEST')
      return requestInfo(der ?? Buffer.alloc(0)).whole
    })
    return first!.equals(second!)
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** The parts of the name in the order in which Ansible writes them. */
function namesOf(given: Given): [string, string][] {
  const parts: [string, string | undefined][] = [
    ['C', given.country_name],
    ['ST', given.state_or_province_name],
    ['L', given.locality_name],
    ['O', given.organization_name],
    ['OU', given.organizational_unit_name],
    ['CN', given.common_name],
    ['emailAddress', given.email_address],
  ]
  const more = Object.entries(given.subject ?? {}).flatMap(([word, value]) =>
    (Array.isArray(value) ? value : [value]).map((each): [string, string] => [word, textOf(each)]),
  )
  return [
    ...parts.flatMap(([word, value]): [string, string][] => (value === undefined ? [] : [[word, value]])),
    ...more,
  ]
}

function altNames(given: Given): string[] {
  const { subject_alt_name = [], use_common_name_for_san, common_name } = given
  if (subject_alt_name.length > 0) return subject_alt_name
  return use_common_name_for_san && common_name !== undefined ? [`DNS:${common_name}`] : []
}

/** The settings of `openssl req`. @source https://docs.openssl.org/3.0/man5/x509v3_config/ */
function configOf(given: Given): string | { readonly error: string } {
  const names = namesOf(given)
  const alternatives = altNames(given).map((each) =>
    /^(DNS|IP|email|URI|RID|dirName|otherName):(.*)$/s.exec(each),
  )
  const odd = altNames(given).find((_, index) => !alternatives[index])
  if (odd !== undefined) return { error: `'${odd}' is no other name: write DNS:…, IP:…, email:… or URI:…` }
  const extension = (word: string, values: readonly string[] | undefined, critical: boolean) =>
    values === undefined || values.length === 0
      ? []
      : [`${word} = ${[...(critical ? ['critical'] : []), ...values].join(', ')}`]
  const extensions = [
    ...extension(
      'subjectAltName',
      alternatives.length === 0 ? [] : ['@names'],
      given.subject_alt_name_critical,
    ),
    ...extension('keyUsage', given.key_usage?.map(usage), given.key_usage_critical),
    ...extension('extendedKeyUsage', given.extended_key_usage?.map(usage), given.extended_key_usage_critical),
    ...extension('basicConstraints', given.basic_constraints, given.basic_constraints_critical),
    ...(given.ocsp_must_staple ? ['tlsfeature = status_request'] : []),
    ...(given.create_subject_key_identifier ? ['subjectKeyIdentifier = hash'] : []),
  ]
  const wrong = [...names.flat(), ...extensions, ...altNames(given)].find((each) => /[\n\r\0]/.test(each))
  if (wrong !== undefined) return { error: `'${wrong}' cannot be in a name: it has a line end` }
  return [
    '[req]',
    'prompt = no',
    'utf8 = yes',
    'string_mask = utf8only',
    'distinguished_name = name',
    ...(extensions.length === 0 ? [] : ['req_extensions = extensions']),
    '[name]',
    ...names.map(([word, value], index) => `${index}.${word} = ${escaped(value)}`),
    '[extensions]',
    ...extensions,
    '[names]',
    ...alternatives.map((match, index) => `${match![1]}.${index} = ${escaped(match![2]!)}`),
    '',
  ].join('\n')
}

function usage(word: string): string {
  return USAGES[word.toLowerCase()] ?? word
}

/** Words that other programs print for what OpenSSL reads under another. */
const USAGES: Readonly<Record<string, string>> = {
  'digital signature': 'digitalSignature',
  'non repudiation': 'nonRepudiation',
  'content commitment': 'nonRepudiation',
  'key encipherment': 'keyEncipherment',
  'data encipherment': 'dataEncipherment',
  'key agreement': 'keyAgreement',
  'certificate sign': 'keyCertSign',
  'crl sign': 'cRLSign',
  'tls web server authentication': 'serverAuth',
  'tls web client authentication': 'clientAuth',
  'code signing': 'codeSigning',
  'e-mail protection': 'emailProtection',
}

function escaped(value: string): string {
  return value.replaceAll(/[\\"'#$;]/g, '\\$&')
}
