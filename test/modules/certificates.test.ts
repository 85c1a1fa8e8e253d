import { generateKeyPairSync } from 'node:crypto'
import { describe, expect } from 'vitest'
import { testCases } from '../engine/cases.ts'

const KEY = `{ path: "{{ playbook_dir }}/key", size: 2048 }`
const REQUEST = `{ path: "{{ playbook_dir }}/csr", privatekey_path: "{{ playbook_dir }}/key", common_name: example.org, organization_name: "Ann's #1; $HOME", subject_alt_name: ["DNS:example.org", "IP:192.0.2.1"], key_usage: [digitalSignature, keyEncipherment], key_usage_critical: true, extended_key_usage: serverAuth, basic_constraints: "CA:FALSE" }`
const CERTIFICATE = `{ path: "{{ playbook_dir }}/cert", csr_path: "{{ playbook_dir }}/csr", privatekey_path: "{{ playbook_dir }}/key", provider: selfsigned, selfsigned_not_after: +90d }`
const all = (names: string) => `
    - { name: ${names} key, openssl_privatekey: ${KEY} }
    - { name: ${names} request, openssl_csr: ${REQUEST} }
    - { name: ${names} certificate, x509_certificate: ${CERTIFICATE} }`

/** A key of another kind, one that a passphrase opens, and what is no key; each looked at with a passphrase or none. */
const KEPT_KEYS = {
  'never plain': 'ok',
  'never plain open': 'failed',
  'never closed': 'failed',
  'never closed open': 'ok',
  'never closed other': 'failed',
  'never broken': 'failed',
  'fail plain': 'failed',
  'fail broken': 'failed',
  'partial_idempotence plain': 'changed',
  'partial_idempotence plain open': 'failed',
  'partial_idempotence closed other': 'failed',
  'partial_idempotence broken': 'failed',
  'full_idempotence plain': 'changed',
  'full_idempotence plain open': 'changed',
  'full_idempotence closed other': 'changed',
  'full_idempotence broken': 'changed',
  'always broken': 'changed',
}

const KEY_TEXTS: Readonly<Record<string, string>> = {
  broken: 'no key',
  plain: keyText(),
  closed: keyText('open'),
}

describe('keys and certificates, made by the real openssl', () => {
  testCases([
    {
      says: 'are made once, fit together, and say what they should',
      tasks: `${all('first')}${all('second')}
    - name: look
      command: openssl x509 -in cert -noout -subject -ext subjectAltName,keyUsage,extendedKeyUsage,basicConstraints
      args: { chdir: "{{ playbook_dir }}" }
      register: seen
      changed_when: false
    - name: holds
      assert:
        that:
          - "'CN = example.org' in seen.stdout and \\"Ann's #1; $HOME\\" in seen.stdout"
          - "'DNS:example.org, IP Address:192.0.2.1' in seen.stdout"
          - "'Key Usage: critical' in seen.stdout and 'TLS Web Server Authentication' in seen.stdout"
          - "'CA:FALSE' in seen.stdout"
    - { name: mode, stat: { path: "{{ playbook_dir }}/key" }, register: key, failed_when: key.stat.mode != '0600' }`,
      lines: [
        'one changed first key',
        'one changed first request',
        'one changed first certificate',
        'one ok second key',
        'one ok second request',
        'one ok second certificate',
        'one ok look',
        'one ok holds: All assertions passed',
        'one ok mode',
      ],
    },
    {
      says: 'are told of in a dry run, of which nothing stays',
      flags: { check: true },
      tasks: `${all('foretold')}
    - { name: there, stat: { path: "{{ playbook_dir }}/cert" }, register: cert, failed_when: not cert.stat.exists }
    - { name: unknown, slurp: { src: "{{ playbook_dir }}/key" } }`,
      lines: [
        'one changed foretold key',
        'one changed foretold request',
        'one changed foretold certificate',
        'one ok there',
        'one unknown unknown',
      ],
    },
    {
      says: 'give way to others where they are not what is wanted',
      tasks: `${all('first')}
    - { name: other size, openssl_privatekey: { path: "{{ playbook_dir }}/key", size: 3072 } }
    - { name: its request, openssl_csr: ${REQUEST} }
    - { name: its certificate, x509_certificate: ${CERTIFICATE} }
    - { name: other name, openssl_csr: { path: "{{ playbook_dir }}/csr", privatekey_path: "{{ playbook_dir }}/key", common_name: example.net } }
    - { name: refused, openssl_privatekey: { path: "{{ playbook_dir }}/key", type: Ed25519, regenerate: fail }, ignore_errors: true }
    - { name: new mode, openssl_privatekey: { path: "{{ playbook_dir }}/key", size: 3072, mode: "0640" } }`,
      only: /size|its|other|refused|mode/,
      lines: [
        'one changed other size',
        'one changed its request',
        'one changed its certificate',
        'one changed other name',
        'one failed refused: Key has wrong type and/or size. Will not proceed. To force regeneration, call the module with `generate` set to `partial_idempotence`, `full_idempotence` or `always`, or with `force=true`.',
        'one changed new mode',
      ],
    },
    {
      says: 'are of every kind, and opened with a passphrase',
      tasks: `
    - { name: made, openssl_privatekey: { path: "{{ playbook_dir }}/{{ item.type }}", type: "{{ item.type }}", curve: "{{ item.curve | default(omit) }}", size: 1024, passphrase: "{{ item.passphrase | default(omit) }}" }, loop: [{ type: ECC, curve: secp256r1 }, { type: Ed25519 }, { type: X25519 }, { type: RSA, passphrase: "it's $ecret" }], register: made }
    - { name: kept, openssl_privatekey: { path: "{{ playbook_dir }}/{{ item.type }}", type: "{{ item.type }}", curve: "{{ item.curve | default(omit) }}", size: 1024, passphrase: "{{ item.passphrase | default(omit) }}" }, loop: [{ type: ECC, curve: secp256r1 }, { type: Ed25519 }, { type: X25519 }, { type: RSA, passphrase: "it's $ecret" }], register: kept }
    - { name: told, assert: { that: "made.results | map(attribute='fingerprint') | list == kept.results | map(attribute='fingerprint') | list" } }
    - { name: encrypted, command: grep -c ENCRYPTED RSA, args: { chdir: "{{ playbook_dir }}" }, changed_when: false }
    - { name: locked, openssl_privatekey: { path: "{{ playbook_dir }}/RSA", size: 1024, passphrase: wrong, regenerate: partial_idempotence }, ignore_errors: true }`,
      only: /^one \S+ (made|kept|told|encrypted|locked)/,
      lines: [
        'one changed made: All items completed',
        'one ok kept: All items completed',
        'one ok told: All assertions passed',
        'one ok encrypted',
        expect.stringMatching(/^one failed locked: Unable to read the key/),
      ] as string[],
      inOrder: true,
    },
    {
      says: 'that are there give way as `regenerate` says',
      files: Object.fromEntries(
        Object.keys(KEPT_KEYS).map((name) => [name, KEY_TEXTS[name.split(' ')[1]!]!]),
      ),
      flags: { check: true },
      tasks: Object.keys(KEPT_KEYS)
        .map((name) => {
          const [how, , passphrase] = name.split(' ')
          const args = {
            path: `{{ playbook_dir }}/${name}`,
            type: 'X25519',
            passphrase,
            regenerate: how,
            mode: '0644',
          }
          return `\n    - ${JSON.stringify({ name, openssl_privatekey: args, ignore_errors: true })}`
        })
        .join(''),
      lines: Object.entries(KEPT_KEYS).map(([name, ends]) =>
        expect.stringMatching(`^one ${ends} ${name}(:|$)`),
      ) as string[],
      inOrder: true,
    },
    {
      says: 'are signed by an authority of one’s own',
      tasks: `
    - { name: ca key, openssl_privatekey: { path: "{{ playbook_dir }}/ca.key", type: ECC, curve: secp256r1 } }
    - { name: ca request, openssl_csr: { path: "{{ playbook_dir }}/ca.csr", privatekey_path: "{{ playbook_dir }}/ca.key", common_name: CA, use_common_name_for_san: false, basic_constraints: ["CA:TRUE"], basic_constraints_critical: true } }
    - { name: ca, x509_certificate: { path: "{{ playbook_dir }}/ca.crt", csr_path: "{{ playbook_dir }}/ca.csr", privatekey_path: "{{ playbook_dir }}/ca.key", provider: selfsigned } }
    - { name: key, openssl_privatekey: ${KEY} }
    - { name: request, openssl_csr: ${REQUEST} }
    - { name: signed, x509_certificate: { path: "{{ playbook_dir }}/cert", csr_path: "{{ playbook_dir }}/csr", provider: ownca, ownca_path: "{{ playbook_dir }}/ca.crt", ownca_privatekey_path: "{{ playbook_dir }}/ca.key" } }
    - { name: again, x509_certificate: { path: "{{ playbook_dir }}/cert", csr_path: "{{ playbook_dir }}/csr", provider: ownca, ownca_path: "{{ playbook_dir }}/ca.crt", ownca_privatekey_path: "{{ playbook_dir }}/ca.key" } }
    - { name: ec request, openssl_csr: { path: "{{ playbook_dir }}/ca.csr", privatekey_path: "{{ playbook_dir }}/ca.key", common_name: CA, use_common_name_for_san: false, basic_constraints: ["CA:TRUE"], basic_constraints_critical: true } }
    - { name: verified, command: openssl verify -CAfile ca.crt cert, args: { chdir: "{{ playbook_dir }}" }, changed_when: false }`,
      only: /signed|again|verified|ec request/,
      lines: ['one changed signed', 'one ok again', 'one ok ec request', 'one ok verified'],
    },
    {
      says: 'parameters for an exchange of keys are made once',
      tasks: `
    - { name: made, openssl_dhparam: { path: "{{ playbook_dir }}/dh", size: 512 } }
    - { name: kept, openssl_dhparam: { path: "{{ playbook_dir }}/dh", size: 512 } }
    - { name: gone, openssl_dhparam: { path: "{{ playbook_dir }}/dh", state: absent } }`,
      lines: ['one changed made', 'one ok kept', 'one changed gone'],
    },
  ])
})

function keyText(passphrase?: string): string {
  const closed = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase }
  const { privateKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', ...closed },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  return privateKey
}
