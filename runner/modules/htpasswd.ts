import { createHash, randomBytes } from 'node:crypto'
import { bcrypt } from '../expressions/crypt/bcrypt.ts'
import { md5Crypt } from '../expressions/crypt/md5.ts'
import { shaCrypt } from '../expressions/crypt/sha.ts'
import { passwordHash } from '../expressions/filters/hash.ts'
import { args, bool, choice, optional, path, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed, type Outcome, unchanged } from './outcome.ts'
import { attributeArguments } from './support/attributes.ts'
import { editText } from './support/edit-text.ts'
import { hostPath } from './support/host-path.ts'
import { contentOf } from './support/reads-later.ts'

/** @source https://docs.ansible.com/ansible/latest/collections/community/general/htpasswd_module.html */
export default defineModule({
  name: 'htpasswd',
  summary: 'Keeps users and their passwords in a file for basic authentication.',
  touches: ['path'],
  args: args({
    path: path('The file.', { aliases: ['dest', 'destfile'] }),
    name: text('The user.', { aliases: ['username'] }),
    password: optional(text('The password; kept as a hash.')),
    hash_scheme: text(
      'How it is kept: apr_md5_crypt, bcrypt, sha256_crypt, sha512_crypt, ldap_sha1, plaintext.',
      {
        default: 'apr_md5_crypt',
        aliases: ['crypt_scheme'],
      },
    ),
    state: choice(['absent', 'present'], 'Whether the user is to be in the file.', { default: 'present' }),
    create: bool('Make the file when it is missing.', { default: true }),
    ...attributeArguments,
  }),
  readsLater: ({ path }) => contentOf(path),
  plan: (given, planning) => {
    const { name, password, hash_scheme, state, create } = given
    if (name.includes(':') || name.includes('\n')) return failed(`'${name}' is no name of a user`)
    const missing = planning.files.stat(hostPath(given.path, planning)).status.type === 'absent'
    if (state === 'absent' && missing)
      return unchanged({ msg: `${name} not present`, warnings: [`${given.path} does not exist`] })
    if (state === 'present' && password === undefined)
      return failed('password is required with state=present')
    if (state === 'present' && !SCHEMES.includes(hash_scheme))
      return failed(`hash_scheme '${hash_scheme}' is not known: use one of ${SCHEMES.join(', ')}`)
    if (state === 'present' && missing && !create) return failed(`Destination ${given.path} does not exist`)
    const outcome = editText({ ...given, backup: false }, planning, (before) => {
      const lines = (before ?? '').split(/(?<=\n)/).filter((line) => line !== '')
      const at = lines.findIndex((line) => line.startsWith(`${name}:`))
      if (state === 'absent') {
        if (at < 0) return { text: null, result: { msg: `${name} not present` } }
        return { text: lines.toSpliced(at, 1).join(''), result: { msg: `Remove ${name}` } }
      }
      const hash = at < 0 ? '' : lines[at]!.slice(name.length + 1).trim()
      if (at >= 0 && isHashOf(password!, hash))
        return { text: null, result: { msg: `${name} already present and password matches` } }
      const line = `${name}:${hashed(password!, hash_scheme)}\n`
      const after = at < 0 ? [...ended(lines), line] : lines.with(at, line)
      return { text: after.join(''), result: { msg: at < 0 ? `Add ${name}` : `Update ${name}` } }
    })
    return withoutHashes(outcome)
  },
})

// What a file of passwords holds is for nobody's eyes.
function withoutHashes(outcome: Outcome): Outcome {
  if (outcome.type !== 'change') return outcome
  const told = outcome.result['msg']
  return {
    ...outcome,
    diff: outcome.diff.map(({ path, attributes = [] }) => ({
      path,
      attributes: [
        ...attributes,
        { name: 'users', before: null, after: typeof told === 'string' ? told : '' },
      ],
    })),
  }
}

const SCHEMES = [
  'apr_md5_crypt',
  'md5_crypt',
  'bcrypt',
  'sha256_crypt',
  'sha512_crypt',
  'ldap_sha1',
  'plaintext',
  // What the programs take by themselves, and what every of them can read.
  'portable',
  'portable_apache22',
  'portable_apache24',
  'host',
  'host_apache22',
  'host_apache24',
  'linux',
]

function hashed(password: string, scheme: string): string {
  switch (scheme) {
    case 'plaintext':
      return password
    case 'ldap_sha1':
      return `{SHA}${createHash('sha1').update(password).digest('base64')}`
    case 'bcrypt':
      // Apache knows it by this letter.
      return passwordHash(password, { type: 'bcrypt', ident: '2y', rounds: 10 })
    case 'md5_crypt':
    case 'sha256_crypt':
    case 'sha512_crypt':
      return passwordHash(password, { type: scheme })
    default:
      return md5Crypt(password, randomBytes(6).toString('base64').replaceAll('+', '.'), '$apr1$')
  }
}

/** Whether a hash of any kind that is told by its look is that of the password. */
function isHashOf(password: string, hash: string): boolean {
  const apr = /^\$apr1\$([^$]*)\$/.exec(hash)
  if (apr) return md5Crypt(password, apr[1]!, '$apr1$') === hash
  const md5 = /^\$1\$([^$]*)\$/.exec(hash)
  if (md5) return md5Crypt(password, md5[1]!) === hash
  const blowfish = /^\$(2[aby])\$(\d\d)\$(.{22})/.exec(hash)
  if (blowfish) {
    const rounds = Number(blowfish[2])
    return isBearable(rounds, 4, 20) && bcrypt(password, blowfish[3]!, rounds, blowfish[1]!) === hash
  }
  const sha = /^\$([56])\$(?:rounds=(\d+)\$)?([^$]*)\$/.exec(hash)
  if (sha) {
    const rounds = sha[2] === undefined ? undefined : Number(sha[2])
    const kind = sha[1] === '5' ? 'sha256' : 'sha512'
    return isBearable(rounds ?? 5000, 1000, 1e7) && shaCrypt(kind, password, sha[3]!, rounds) === hash
  }
  if (hash.startsWith('{SHA}')) return hashed(password, 'ldap_sha1') === hash
  return password === hash
}

// A host's file may say anything, also what would take days.
function isBearable(rounds: number, least: number, most: number): boolean {
  return rounds >= least && rounds <= most
}

function ended(lines: readonly string[]): readonly string[] {
  const last = lines.at(-1)
  return last === undefined || last.endsWith('\n') ? lines : [...lines.slice(0, -1), `${last}\n`]
}
