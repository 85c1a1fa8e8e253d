/** One element of DER: its tag, what is in it, and the whole of it. */
export interface Element {
  readonly tag: number
  readonly body: Buffer
  readonly whole: Buffer
}

/** The elements that stand one after another. @throws {RangeError} when the bytes are no DER */
export function elements(bytes: Buffer): Element[] {
  const found: Element[] = []
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at]!
    const first = bytes[at + 1] ?? 0
    const octets = first < 0x80 ? 0 : first & 0x7f
    const start = at + 2 + octets
    if (octets > 4 || start > bytes.length) throw new RangeError('this is no DER')
    const length = octets === 0 ? first : bytes.readUIntBE(at + 2, octets)
    if (start + length > bytes.length) throw new RangeError('this DER is cut off')
    found.push({
      tag,
      body: bytes.subarray(start, start + length),
      whole: bytes.subarray(at, start + length),
    })
    at = start + length
  }
  return found
}

/** What is in the first block of PEM text of that kind; undefined where there is none. */
export function pemBytes(text: string, label: string): Buffer | undefined {
  const [, base64] = new RegExp(`-----BEGIN ${label}-----([^]*?)-----END ${label}-----`).exec(text) ?? []
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64')
}

/** What request and certificate have in common. */
export interface Subject {
  /** The name as DER. */
  readonly name: Buffer
  /** The public key as DER (SubjectPublicKeyInfo). */
  readonly publicKey: Buffer
  /** Extensions as DER, by the hex of their identifiers. */
  readonly extensions: ReadonlyMap<string, Buffer>
}

/** @source https://www.rfc-editor.org/rfc/rfc2986 section 4.1 @throws {RangeError} */
export function subjectOfRequest(der: Buffer): Subject {
  const [, name, publicKey, attributes] = elements(requestInfo(der).body)
  if (!name || !publicKey) throw new RangeError('this is no request')
  const extensions = elements(attributes?.body ?? Buffer.alloc(0)).flatMap(({ body }) => {
    const [identifier, values] = elements(body)
    const list =
      identifier?.whole.toString('hex') === EXTENSION_REQUEST ? elements(values!.body)[0] : undefined
    return list ? elements(list.body) : []
  })
  return { name: name.whole, publicKey: publicKey.whole, extensions: byIdentifier(extensions) }
}

/** What a request says, without the signature. */
export function requestInfo(der: Buffer): Element {
  const info = elements(elements(der)[0]?.body ?? Buffer.alloc(0))[0]
  if (!info) throw new RangeError('this is no request')
  return info
}

/** @source https://www.rfc-editor.org/rfc/rfc5280 section 4.1 @throws {RangeError} */
export function subjectOfCertificate(der: Buffer): Subject & { readonly issuer: Buffer } {
  const [certificate] = elements(elements(der)[0]?.body ?? Buffer.alloc(0))
  const parts = elements(certificate?.body ?? Buffer.alloc(0)).filter(({ tag }) => tag !== 0xa0)
  const [, , issuer, , name, publicKey] = parts
  if (!issuer || !name || !publicKey) throw new RangeError('this is no certificate')
  const list = parts.find(({ tag }) => tag === 0xa3)
  const extensions = list ? elements(elements(list.body)[0]!.body) : []
  return {
    issuer: issuer.whole,
    name: name.whole,
    publicKey: publicKey.whole,
    extensions: byIdentifier(extensions),
  }
}

/** 1.2.840.113549.1.9.14 */
const EXTENSION_REQUEST = '06092a864886f70d01090e'

function byIdentifier(extensions: readonly Element[]): Map<string, Buffer> {
  return new Map(extensions.map(({ body, whole }) => [elements(body)[0]!.whole.toString('hex'), whole]))
}
