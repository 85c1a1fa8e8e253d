import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where an administrator puts certificate authorities: Debian and its kin, Fedora and its kin. */
const folders = ['/usr/local/share/ca-certificates', '/etc/pki/ca-trust/source/anchors']

/** The certificate authorities this machine trusts beyond its distribution's, as PEM texts; and those in `files`. */
export async function localAuthorities(files: string[]): Promise<string[]> {
  const found = await Promise.all(folders.map(certificateFiles))
  const texts = await Promise.all(
    [...found.flat(), ...files].map(async (file) => readFile(file, 'utf8').catch(() => '')),
  )
  return [...new Set(texts.flatMap(certificates))]
}

/** The certificates in a PEM text, without what stands around them. */
export function certificates(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
}

async function certificateFiles(folder: string) {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  return names
    .filter((name) => /\.(crt|pem)$/.test(name))
    .toSorted()
    .map((name) => join(folder, name))
}
