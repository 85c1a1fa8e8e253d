import { type Stats, closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { sha256 } from '../host/files.ts'
import type { Surroundings } from '../variables/scope.ts'

const authors = new WeakSet<Uint8Array>()

/** Whether bytes are a whole file of the author's, just as it is: the same for every host and every plan. */
export function isAuthors(bytes: Uint8Array): boolean {
  return authors.has(bytes)
}

/** A file or directory of the author's, on the controlling side. Read once a run, whatever the number of hosts. */
export class AuthorFile {
  readonly path: string
  readonly directory: boolean
  /** Permission bits on this side, for `mode: preserve`. */
  readonly mode: number
  readonly size: number
  #bytes: Buffer | undefined
  #digest: string | undefined

  constructor(path: string, status: Stats) {
    this.path = path
    this.directory = status.isDirectory()
    this.mode = status.mode & 0o7777
    this.size = status.size
  }

  get bytes(): Buffer {
    if (this.#bytes) return this.#bytes
    this.#bytes = readFileSync(this.path)
    authors.add(this.#bytes)
    return this.#bytes
  }

  /** Whether it begins so; no more than that is read of a file that may be large. */
  startsWith(head: Buffer): boolean {
    if (this.#bytes) return this.#bytes.subarray(0, head.length).equals(head)
    const descriptor = openSync(this.path, 'r')
    try {
      const found = Buffer.alloc(head.length)
      return readSync(descriptor, found, 0, head.length, 0) === head.length && found.equals(head)
    } finally {
      closeSync(descriptor)
    }
  }

  /** SHA-256 in hex. */
  get digest(): string {
    return (this.#digest ??= sha256(this.bytes))
  }

  /** The names in a directory, sorted. */
  names(): string[] {
    return readdirSync(this.path).sort()
  }
}

/** Where a file was looked for, for the message when it is nowhere. */
export class AuthorFileMissing extends Error {
  override readonly name = 'AuthorFileMissing'
  readonly searched: readonly string[]

  constructor(name: string, searched: readonly string[]) {
    super(
      `Could not find or access '${name}'. Searched in:\n${searched.map((each) => `\t${each}`).join('\n')}`,
    )
    this.searched = searched
  }
}

const cache = new Map<string, AuthorFile>()

/** Finds the author's files where Ansible would look for them. */
export class AuthorFiles {
  readonly #surroundings: Surroundings

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
  }

  /** @throws {AuthorFileMissing} */
  find(kind: 'files' | 'templates', name: string): AuthorFile {
    const searched = isAbsolute(name)
      ? [name]
      : this.#surroundings.searchPath(kind).map((directory) => resolve(join(directory, name)))
    for (const path of searched) {
      const file = openAuthorFile(path)
      if (file) return file
    }
    throw new AuthorFileMissing(name, searched)
  }

  /** The plain bytes of a vaulted file. @throws {RangeError} when no password opens it */
  decrypt(file: AuthorFile): Buffer {
    if (!this.#surroundings.decrypt)
      throw new RangeError(`'${file.path}' is vaulted, and there is no vault password here`)
    try {
      return Buffer.from(this.#surroundings.decrypt(file.bytes.toString('utf8')))
    } catch (error) {
      throw new RangeError(`'${file.path}' cannot be opened: ${(error as Error).message}`, { cause: error })
    }
  }
}

/** The file at a path, or undefined when there is none. */
export function openAuthorFile(path: string): AuthorFile | undefined {
  const known = cache.get(path)
  if (known) return known
  const status = statSync(path, { throwIfNoEntry: false })
  if (!status) return undefined
  const file = new AuthorFile(path, status)
  cache.set(path, file)
  return file
}

/** Forgets what was read, between the runs of one process (tests, and files that the run itself makes here). */
export function forgetAuthorFiles(): void {
  cache.clear()
}
