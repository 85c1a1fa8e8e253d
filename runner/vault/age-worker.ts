import { workerData, type MessagePort } from 'node:worker_threads'
import { armor, Decrypter } from 'age-encryption'
import type { AgeAnswer, AgeTask } from './age.ts'

/** The thread behind `decryptAge`: one task, one answer, then a signal that it is there. */
const { signal, port, task } = workerData as { signal: Int32Array; port: MessagePort; task: AgeTask }

port.postMessage(await answer(task))
Atomics.store(signal, 0, 1)
Atomics.notify(signal, 0)

async function answer({ text, identities, passphrases }: AgeTask): Promise<AgeAnswer> {
  try {
    const decrypter = new Decrypter()
    for (const identity of identities) decrypter.addIdentity(identity)
    for (const passphrase of passphrases) decrypter.addPassphrase(passphrase)
    return { plain: await decrypter.decrypt(armor.decode(text.trim())) }
  } catch (error) {
    const { message } = error as Error
    const none = /no identity matched/i.test(message)
    return { error: none ? 'no age identity or passphrase that was given opens it' : message }
  }
}
