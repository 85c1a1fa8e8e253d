import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'

const ARMOR = '-----BEGIN AGE ENCRYPTED FILE-----'
/** Deriving a key from a passphrase takes a second by design. */
const PATIENCE = 60_000

/** What is asked of the worker, and what it answers. */
export interface AgeTask {
  readonly text: string
  readonly identities: readonly string[]
  readonly passphrases: readonly string[]
}
export type AgeAnswer = { readonly plain: Uint8Array } | { readonly error: string }

/** Whether text is an armored age file (https://age-encryption.org/v1). */
export function isAge(text: string): boolean {
  return text.trimStart().startsWith(ARMOR)
}

/** Whether an armored file is as it was written: base64 has room for bits that nobody reads, and lines for spaces. */
export function isPristineAge(text: string): boolean {
  const lines = text.split('\n')
  const body = Buffer.from(lines.slice(1, -2).join(''), 'base64').toString('base64')
  return text === [ARMOR, ...(body.match(/.{1,64}/g) ?? []), ARMOR.replace('BEGIN', 'END'), ''].join('\n')
}

/** The identities (`AGE-SECRET-KEY-1…`) that a key file holds; none when it is a password. */
export function ageIdentities(content: Uint8Array): string[] {
  const lines = Buffer.from(content).toString('utf8').split(/\r?\n/)
  return lines.map((line) => line.trim()).filter((line) => line.startsWith('AGE-SECRET-KEY-'))
}

/**
 * The plain bytes of an armored age file. Its library only works asynchronously, but values are decrypted when they
 * are used, in the middle of an evaluation: so a thread does it while this one waits.
 * Throws an Error that says why it cannot.
 */
export function decryptAge(
  text: string,
  identities: readonly string[],
  passphrases: readonly string[],
): Buffer {
  const signal = new Int32Array(new SharedArrayBuffer(4))
  const { port1: here, port2: there } = new MessageChannel()
  const worker = new Worker(new URL('./age-worker.ts', import.meta.url), {
    workerData: { signal, port: there, task: { text, identities, passphrases } satisfies AgeTask },
    transferList: [there],
  })
  worker.unref()
  try {
    Atomics.wait(signal, 0, 0, PATIENCE)
    const answer = receiveMessageOnPort(here)?.message as AgeAnswer | undefined
    if (!answer) throw new Error('decrypting it took too long')
    if ('error' in answer) throw new Error(answer.error)
    return Buffer.from(answer.plain)
  } finally {
    here.close()
    void worker.terminate()
  }
}

/** An armored age file for the given recipients (`age1…`). */
export async function encryptAge(plain: Uint8Array, recipients: readonly string[]): Promise<string> {
  const { armor, Encrypter } = await import('age-encryption')
  const encrypter = new Encrypter()
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  const text = armor.encode(await encrypter.encrypt(plain))
  return text.endsWith('\n') ? text : `${text}\n`
}

/** For how many recipients an armored file was encrypted. Which ones cannot be read from it. */
export async function countRecipients(text: string): Promise<number> {
  const { armor } = await import('age-encryption')
  const header = Buffer.from(armor.decode(text)).toString('latin1').split('\n--- ')[0] ?? ''
  return header.split('\n').filter((line) => line.startsWith('-> ') && !line.includes('-grease')).length
}

/** The recipients that identities stand for. */
export async function recipientsOf(identities: readonly string[]): Promise<string[]> {
  const { identityToRecipient } = await import('age-encryption')
  return Promise.all(identities.map((identity) => identityToRecipient(identity)))
}
