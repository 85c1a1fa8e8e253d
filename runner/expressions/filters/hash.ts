import { createHash, getHashes, randomInt } from 'node:crypto'
import { asText, integer, text } from '../convert.ts'
import { Failure } from '../items.ts'
import { plain, type Routines } from '../routine.ts'
import { bcrypt } from '../crypt/bcrypt.ts'
import { md5Crypt } from '../crypt/md5.ts'
import { shaCrypt } from '../crypt/sha.ts'
import { didYouMean } from '../nearest.ts'

const saltAlphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Digests, password hashes and encodings. */
export const hashFilters: Routines = {
  hash: plain('value hashtype?', (_, value, type = 'sha1') => digest(text(type, 'hashtype'), asText(value))),
  sha1: plain('value', (_, value) => digest('sha1', asText(value))),
  checksum: plain('value', (_, value) => digest('sha1', asText(value))),
  md5: plain('value', (_, value) => digest('md5', asText(value))),
  b64encode: plain('value encoding?', (_, value, encoding = 'utf-8') =>
    Buffer.from(asText(value), bufferEncoding(text(encoding))).toString('base64'),
  ),
  b64decode: plain('value encoding?', (_, value, encoding = 'utf-8') => {
    const source = text(value).replace(/\s/g, '')
    if (source.replace(/[^A-Za-z0-9+/]/g, '').length % 4 === 1) throw new Failure('the text is no base64')
    return Buffer.from(source, 'base64').toString(bufferEncoding(text(encoding)))
  }),
  to_uuid: plain('value namespace?', (_, value, namespace = '361E6D51-FAEC-444A-9079-341386DA8E2E') => {
    const space = Buffer.from(asText(namespace).replaceAll('-', ''), 'hex')
    if (space.length !== 16)
      throw new Failure(`Invalid value '${asText(namespace)}' for 'namespace': it is no UUID`)
    const bytes = createHash('sha1').update(space).update(asText(value)).digest().subarray(0, 16)
    bytes[6] = (bytes[6]! & 0x0f) | 0x50
    bytes[8] = (bytes[8]! & 0x3f) | 0x80
    const hex = bytes.toString('hex')
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
  }),
  password_hash: plain(
    'value hashtype? salt? salt_size? rounds? ident?',
    (_, value, type, salt, size, rounds, ident) =>
      passwordHash(asText(value), {
        type: type === undefined || type === null ? 'sha512' : text(type, 'hashtype'),
        salt: salt === undefined || salt === null ? undefined : asText(salt),
        saltSize: size === undefined || size === null ? undefined : integer(size),
        rounds: rounds === undefined || rounds === null ? undefined : integer(rounds),
        ident: ident === undefined || ident === null ? undefined : text(ident),
      }),
  ),
}

function digest(type: string, value: string): string {
  const known = getHashes().map((name) => name.toLowerCase())
  const name = type.toLowerCase().replace('_', '-')
  const wanted = known.includes(name) ? name : name.replace('-', '')
  if (!known.includes(wanted)) throw new Failure(`unsupported hash type '${type}'`, didYouMean(type, known))
  return createHash(wanted).update(value).digest('hex')
}

function bufferEncoding(encoding: string): BufferEncoding {
  const name = encoding.toLowerCase().replaceAll('_', '-')
  if (name === 'utf-16-le' || name === 'utf-16le') return 'utf16le'
  if (name === 'ascii' || name === 'latin-1' || name === 'latin1' || name === 'iso-8859-1') return 'latin1'
  if (name === 'utf-8' || name === 'utf8') return 'utf8'
  throw new Failure(`the encoding '${encoding}' is not known`)
}

export interface PasswordOptions {
  readonly type: string
  readonly salt?: string
  readonly saltSize?: number
  readonly rounds?: number
  readonly ident?: string
}

/** A password as crypt(3) keeps it. @throws Failure for a kind that is not known, or a salt that it cannot have. */
export function passwordHash(
  password: string,
  { type, salt, saltSize, rounds, ident }: PasswordOptions,
): string {
  switch (type) {
    case 'sha512':
    case 'sha512_crypt':
      return shaCrypt('sha512', password, salted(salt, saltSize ?? 16, 16), rounds)
    case 'sha256':
    case 'sha256_crypt':
      return shaCrypt('sha256', password, salted(salt, saltSize ?? 16, 16), rounds)
    case 'md5':
    case 'md5_crypt':
      return md5Crypt(password, salted(salt, saltSize ?? 8, 8))
    case 'blowfish':
    case 'bcrypt':
      return bcrypt(password, salted(salt, saltSize ?? 22, 22), rounds ?? 12, ident ?? '2b')
    default:
      throw new Failure(
        `'${type}' is not supported as a password hash`,
        'use sha512, sha256, blowfish or md5',
        ELSEWHERE.test(type)
          ? `${type} is not in the list of supported passlib algorithms: md5, blowfish, sha256, sha512`
          : undefined,
      )
  }
}

/** Hashes that there are, and that nobody can log in with. */
const ELSEWHERE =
  /^(msdcc2?|lmhash|nthash|mysql\d+|mssql\d+|oracle\d+|ldap_\w+|des_crypt|bsdi_crypt|pbkdf2_\w+|scrypt|argon2|plaintext)$/

function salted(salt: string | undefined, size: number, limit: number): string {
  if (salt === undefined) {
    return Array.from({ length: Math.min(size, limit) }, () => saltAlphabet[randomInt(64)]!).join('')
  }
  if (!/^[./0-9A-Za-z]*$/.test(salt)) throw new Failure('the salt may hold letters, digits, `.` and `/` only')
  if (salt.length > limit) throw new Failure(`the salt may have at most ${limit} characters`)
  return salt
}
