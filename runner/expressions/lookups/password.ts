import { randomInt } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Secret } from '../../variables/secret.ts'
import { asText, integer, list, text } from '../convert.ts'
import { passwordHash } from '../filters/hash.ts'
import { expandHome } from '../findFile.ts'
import type { Frame } from '../frame.ts'
import { Failure, type Item } from '../items.ts'
import { PythonRandom } from '../python/random.ts'
import { plain, type Routines } from '../routine.ts'
import { inlineOptions, optionsOf } from './options.ts'

/** A password that is made once, kept in a file of this machine, and the same from then on. */
export const passwordLookups: Routines = {
  password: plain('*terms **options', (frame, terms, given) => {
    const usual = optionsOf(given, { length: 20, chars: null, encrypt: null, ident: null, seed: null })
    return list(terms).map((term) => new Secret(onePassword(text(term), usual, frame)))
  }),
}

const sets: Record<string, string> = {
  ascii_lowercase: 'abcdefghijklmnopqrstuvwxyz',
  ascii_uppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  ascii_letters: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digits: '0123456789',
  hexdigits: '0123456789abcdefABCDEF',
  octdigits: '01234567',
  punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
}

function onePassword(term: string, usual: Readonly<Record<string, Item>>, frame: Frame): string {
  const { word, options } = inlineOptions(term)
  const { length = 20, chars = null, encrypt = null, ident = null, seed = null } = optionsOf(options, usual)
  const path = resolve(frame.evaluation.scope.surroundings.playbookDir, expandHome(word))
  const kept = path === '/dev/null' ? undefined : readKept(path)
  const wanted = encrypt === null || encrypt === '' ? undefined : text(encrypt, 'encrypt')
  let { password, salt } = kept ?? {
    password: generate(integer(length), candidates(chars), seed),
    salt: undefined,
  }
  const isComplete = kept !== undefined && (wanted === undefined || salt !== undefined)
  if (wanted !== undefined)
    salt ??= generate(saltLength(wanted), `${sets['ascii_letters']}${sets['digits']}./`, null)
  if (!isComplete && path !== '/dev/null') {
    const content = salt === undefined ? password : `${password} salt=${salt}`
    const other = keep(
      path,
      `${content}${ident === null ? '' : ` ident=${asText(ident)}`}\n`,
      kept !== undefined,
    )
    if (other !== undefined) ({ password, salt } = other)
  }
  if (wanted === undefined) return password
  return passwordHash(password, { type: wanted, salt, ident: ident === null ? undefined : asText(ident) })
}

function saltLength(kind: string): number {
  if (kind.startsWith('md5')) return 8
  return kind === 'bcrypt' || kind === 'blowfish' ? 22 : 16
}

function candidates(chars: Item): string {
  const named: string[] =
    chars === null
      ? ['ascii_letters', 'digits', '.,:-_']
      : Array.isArray(chars)
        ? chars.map((one) => text(one))
        : [
            ...(text(chars).includes(',,') ? [','] : []),
            ...text(chars).replaceAll(',,', ',').split(',').filter(Boolean),
          ]
  const all = named
    .map((name) => sets[name] ?? name)
    .join('')
    .replaceAll(/["']/g, '')
  if (all === '') throw new Failure('there are no characters to make a password of')
  return all
}

function generate(length: number, characters: string, seed: Item): string {
  const pool = Array.from(characters)
  const chance = seed === null ? undefined : new PythonRandom(seed)
  const pick = () => pool[chance === undefined ? randomInt(pool.length) : chance.below(pool.length)]!
  return Array.from({ length }, pick).join('')
}

interface Kept {
  readonly password: string
  readonly salt: string | undefined
}

function readKept(path: string): Kept | undefined {
  let content: string
  try {
    content = readFileSync(path, 'utf8').replace(/\n$/, '')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new Failure(`'${path}' cannot be read: ${(error as Error).message}`)
  }
  const [, password = content, salt] = /^(.*) salt=(\S*)(?: ident=\S*)?$/s.exec(content) ?? []
  return { password, salt }
}

/** Writes the file at once or not at all. When another run was first, its content is what counts, and is returned. */
function keep(path: string, content: string, replace: boolean): Kept | undefined {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = `${path}.${process.pid}.${randomInt(1e9)}`
  writeFileSync(temporary, content, { mode: 0o600, flag: 'wx' })
  try {
    if (replace) rmSync(path, { force: true })
    linkSync(temporary, path)
    return undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return readKept(path)
  } finally {
    rmSync(temporary, { force: true })
  }
}
