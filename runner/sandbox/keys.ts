import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The kinds of host keys that a Debian sshd has. */
const hostKeyKinds = {
  rsa: ['rsa', { bits: 3072 }],
  ecdsa: ['ecdsa', { bits: 256 }],
  ed25519: ['ed25519', {}],
} as const

/**
 * The project's key pair for logging in, made when there is none: `id_ed25519` (0600) and `id_ed25519.pub` in `folder`
 * (0700). Gives the private key's path and the public key's line.
 */
export async function loginKey(folder: string): Promise<{ file: string; publicKey: string }> {
  const file = join(folder, 'id_ed25519')
  const existing = await readFile(`${file}.pub`, 'utf8').catch(() => undefined)
  if (existing !== undefined) return { file, publicKey: existing.trim() }
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return { file, publicKey: await writeKeyPair(file, 'ed25519', { comment: 'rehearsal-sandbox' }) }
}

/** Makes a machine's host keys in `folder`, under sshd's names for them. Gives `type base64` lines. */
export async function makeHostKeys(folder: string): Promise<string[]> {
  const kinds = Object.entries(hostKeyKinds)
  return Promise.all(
    kinds.map(([name, [type, options]]) => writeKeyPair(join(folder, `ssh_host_${name}_key`), type, options)),
  )
}

async function writeKeyPair(
  file: string,
  type: 'rsa' | 'ecdsa' | 'ed25519',
  options: { bits?: number; comment?: string },
): Promise<string> {
  // Loaded late: as a rule the keys are there.
  const { default: ssh2 } = await import('ssh2')
  const generate = () =>
    new Promise<{ private: string; public: string }>((resolve, reject) =>
      ssh2.utils.generateKeyPair(type as 'ed25519', options as object, (error, keys) =>
        error ? reject(error) : resolve(keys),
      ),
    )
  let pair = await generate()
  if (type === 'ed25519') while (!isWhole(pair)) pair = await generate()
  await writeFile(file, pair.private, { mode: 0o600 })
  await writeFile(`${file}.pub`, `${pair.public}\n`, { mode: 0o644 })
  return pair.public
}

/**
 * Whether a key pair has all its bytes. ssh2 1.17 drops leading zeros of Ed25519 keys, about one time in a hundred,
 * and OpenSSH then refuses the key ("error in libcrypto").
 */
export function isWhole(pair: { private: string; public: string }): boolean {
  const publicBlob = Buffer.from(pair.public.split(' ')[1] ?? '', 'base64')
  const publicKey = publicBlob.subarray(-32)
  const privateBlob = Buffer.from(pair.private.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')
  const length = Buffer.from([0, 0, 0, 64])
  const at = privateBlob.lastIndexOf(publicKey) - 32 - length.length
  return publicBlob.length === 51 && at > 0 && privateBlob.subarray(at, at + length.length).equals(length)
}
