import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  pbkdf2Sync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'

/**
 * Ansible's vault format, versions 1.1 and 1.2: AES-256 in counter mode with PKCS #7 padding and an HMAC-SHA256 over
 * the ciphertext, keys by PBKDF2-SHA256 with 10,000 rounds, all of it twice in hexadecimal.
 *
 * @source https://docs.ansible.com/ansible/latest/vault_guide/vault_using_encrypted_content.html#ansible-vault-payload-format-1-1-1-2
 */
export interface Envelope {
  /** The vault id of version 1.2; version 1.1 has none. */
  readonly label?: string
  readonly salt: Buffer
  readonly hmac: Buffer
  readonly ciphertext: Buffer
}

const HEADER = '$ANSIBLE_VAULT'
const CIPHER = 'AES256'
const BLOCK = 16
const WIDTH = 80

/** Reads vaulted text. Throws an Error that says what is wrong with it. */
export function parseEnvelope(text: string): Envelope {
  const [header = '', ...lines] = text.trim().split(/\s*\n\s*/)
  const [magic, version = '', cipher, label] = header.split(';').map((part) => part.trim())
  if (magic !== HEADER) throw new Error('it does not begin with $ANSIBLE_VAULT')
  if (version !== '1.1' && version !== '1.2')
    throw new Error(`its version ${version} is not known (only 1.1 and 1.2)`)
  if (cipher !== CIPHER) throw new Error(`its cipher ${cipher ?? ''} is not known (only ${CIPHER})`)
  const parts = unhex(lines.join('')).toString('latin1').split('\n')
  const [salt, hmac, ciphertext] = parts.map(unhex)
  if (parts.length !== 3 || hmac?.length !== 32 || !ciphertext?.length || ciphertext.length % BLOCK !== 0) {
    throw new Error('it is damaged: it does not hold salt, check sum and text')
  }
  return { label: label === '' ? undefined : label, salt: salt!, hmac, ciphertext }
}

/** The plain bytes, or undefined when the password is not the right one. */
export function open({ salt, hmac, ciphertext }: Envelope, password: Uint8Array): Buffer | undefined {
  const keys = deriveKeys(password, salt)
  if (!timingSafeEqual(authenticate(keys, ciphertext), hmac)) return undefined
  const decipher = createDecipheriv('aes-256-ctr', keys.cipher, keys.counter)
  return unpad(Buffer.concat([decipher.update(ciphertext), decipher.final()]))
}

/** Vaulted text for plain bytes, ending in a newline. The label makes it version 1.2; `default` is no label. */
export function seal(
  plain: Uint8Array,
  password: Uint8Array,
  label?: string,
  salt: Buffer = randomBytes(32),
): string {
  const keys = deriveKeys(password, salt)
  const padding = BLOCK - (plain.length % BLOCK)
  const cipher = createCipheriv('aes-256-ctr', keys.cipher, keys.counter)
  const padded = Buffer.concat([plain, Buffer.alloc(padding, padding)])
  const ciphertext = Buffer.concat([cipher.update(padded), cipher.final()])
  return writeEnvelope({ label, salt, hmac: authenticate(keys, ciphertext), ciphertext })
}

/** An envelope as text, ending in a newline. What was written so is the only text that is written so. */
export function writeEnvelope({ label, salt, hmac, ciphertext }: Envelope): string {
  const parts = [salt, hmac, ciphertext].map((part) => part.toString('hex'))
  const body = Buffer.from(parts.join('\n'), 'latin1').toString('hex')
  const named = label !== undefined && label !== 'default'
  const header = named ? `${HEADER};1.2;${CIPHER};${label}` : `${HEADER};1.1;${CIPHER}`
  return `${[header, ...(body.match(new RegExp(`.{1,${WIDTH}}`, 'g')) ?? [])].join('\n')}\n`
}

/**
 * A salt that is the same for the same bytes and password, and tells nothing else: so the whole envelope is the same.
 * Without the password it is as good as random, and as slow to guess from as the envelope itself.
 */
export function saltOf(plain: Uint8Array, password: Uint8Array): Buffer {
  const key = pbkdf2Sync(password, 'the same salt for the same text', 10_000, 32, 'sha256')
  return createHmac('sha256', key).update(plain).digest()
}

interface Keys {
  readonly cipher: Buffer
  readonly mac: Buffer
  readonly counter: Buffer
}

function deriveKeys(password: Uint8Array, salt: Buffer): Keys {
  const derived = pbkdf2Sync(password, salt, 10_000, 80, 'sha256')
  return { cipher: derived.subarray(0, 32), mac: derived.subarray(32, 64), counter: derived.subarray(64, 80) }
}

function authenticate({ mac }: Keys, ciphertext: Buffer): Buffer {
  return createHmac('sha256', mac).update(ciphertext).digest()
}

function unpad(padded: Buffer): Buffer {
  const padding = padded.at(-1) ?? 0
  const valid =
    padding >= 1 && padding <= BLOCK && padded.subarray(-padding).every((byte) => byte === padding)
  if (!valid) throw new Error('it is damaged: its padding is wrong')
  return padded.subarray(0, -padding)
}

function unhex(text: string): Buffer {
  if (!/^(?:[\da-fA-F]{2})*$/.test(text))
    throw new Error('it is damaged: it holds something that is not hexadecimal')
  return Buffer.from(text, 'hex')
}
