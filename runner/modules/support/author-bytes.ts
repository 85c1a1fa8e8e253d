import type { AuthorFile } from '../author-files.ts'
import type { Outcome } from '../outcome.ts'
import type { Planning } from '../module.ts'

/** What a file of the author's holds for the host. It is read when it is asked for: it may be large, and not be needed. */
export interface AuthorBytes {
  readonly bytes: Buffer
  /** SHA-256, where it is known already. */
  readonly digest?: string
  /** It comes out of a vault: nobody is shown what is in it. */
  readonly secret: boolean
}

const MARK = Buffer.from('$ANSIBLE_VAULT;')

/** A file's bytes, taken out of the vault where it is in one and is wanted plain. @throws {RangeError} when it cannot be opened */
export function authorBytes(file: AuthorFile, decrypt: boolean, { author }: Planning): AuthorBytes {
  if (decrypt && file.startsWith(MARK)) return { bytes: author.decrypt(file), secret: true }
  return {
    get bytes() {
      return file.bytes
    },
    get digest() {
      return file.digest
    },
    secret: false,
  }
}

/** An outcome whose diffs tell that something changes, and not what. */
export function withoutContent(outcome: Outcome): Outcome {
  if (outcome.type !== 'change') return outcome
  return {
    ...outcome,
    diff: outcome.diff.map(({ path, before, after, attributes = [] }) => ({
      path,
      attributes: [
        ...attributes.filter(({ name }) => name !== 'sha256' && name !== 'size'),
        ...(before === undefined && after === undefined && attributes.every(({ name }) => name !== 'sha256')
          ? []
          : [{ name: 'content', before: before === null ? null : '(secret)', after: '(secret, changed)' }]),
      ],
    })),
  }
}
