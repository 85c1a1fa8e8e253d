import { posix } from 'node:path'
import { user as userKind } from '../resources/user.ts'
import { wireKeyType } from '../transport/known-hosts.ts'
import { args, bool, choice, optional, path, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed, unchanged } from './outcome.ts'
import { type AuthorizedKey, formatKey, parseKey, parseKeys, sameKey } from './support/authorized-keys.ts'
import { makeDirectory } from './support/make-directory.ts'
import { placeFile } from './support/place-file.ts'
import { sequence } from './support/sequence.ts'

export default defineModule({
  name: 'authorized_key',
  summary: 'Lets keys log in as a user, or not.',
  args: args({
    user: text('The user.'),
    key: text('The keys, one a line.'),
    state: choice(['present', 'absent'], 'Whether the keys may log in.', { default: 'present' }),
    path: optional(path('The file; ~/.ssh/authorized_keys of the user by default.')),
    manage_dir: bool('Make the directory of the file and set its attributes.', { default: true }),
    key_options: optional(text('Options before each key.')),
    comment: optional(text('What stands behind each key.')),
    exclusive: bool('Remove every other key.', { default: false }),
    follow: bool('Write through a link.', { default: false }),
    validate_certs: bool('Accepted.', { default: true }),
  }),
  reads: ({ user }) => [{ kind: userKind, key: user }],
  plan: (given, planning) => {
    const account = planning.state.read(userKind, given.user)
    if (account === null) return failed(`Failed to lookup user ${given.user}: there is no such user`)
    const wanted: AuthorizedKey[] = []
    for (const line of given.key.split('\n').map((each) => each.trim())) {
      if (line === '' || line.startsWith('#')) continue
      const key = parseKey(line)
      // The type stands in the key itself as well: one that was cut or mixed up would lock its owner out.
      if (!key || wireKeyType(Buffer.from(key.blob, 'base64')) !== key.type)
        return failed(`invalid key specified: ${line.slice(0, 40)}`)
      wanted.push({
        ...key,
        options: given.key_options ?? key.options,
        comment: given.comment ?? key.comment,
      })
    }
    const file = given.path ?? posix.join(account.home, '.ssh/authorized_keys')
    const bytes = planning.files.read(file)
    const before = bytes?.toString('utf8') ?? ''
    const after =
      given.state === 'present' ? withKeys(before, wanted, given.exclusive) : withoutKeys(before, wanted)
    const result = {
      user: given.user,
      keyfile: file,
      state: given.state,
      exclusive: given.exclusive,
      key: given.key,
    }
    if (given.state === 'absent' && after === before) return unchanged(result)
    const owner = { owner: account.name, group: account.group }
    const directory = posix.dirname(file)
    return sequence(
      planning,
      [
        (inside) =>
          given.manage_dir &&
          (given.path === undefined || inside.files.stat(directory).status.type === 'absent')
            ? makeDirectory(directory, { ...owner, mode: '0700' }, inside)
            : unchanged(),
        (inside) =>
          placeFile(
            {
              path: file,
              bytes: Buffer.from(after),
              attributes: { ...owner, mode: '0600' },
              follow: given.follow,
            },
            inside,
          ),
      ],
      () => result,
    )
  },
})

// What is no key (comments, what sshd would not read either) stays where it is.
function withKeys(text: string, wanted: readonly AuthorizedKey[], exclusive: boolean): string {
  const lines = parseKeys(text)
  const kept = lines.flatMap(({ line, key }) => {
    if (!key) return exclusive ? [] : [line]
    const match = wanted.find((each) => sameKey(each, key))
    if (!match) return exclusive ? [] : [line]
    return [match.options === key.options && match.comment === key.comment ? line : formatKey(match)]
  })
  const missing = wanted.filter(
    (each, index) =>
      !lines.some(({ key }) => key && sameKey(key, each)) &&
      wanted.findIndex((other) => sameKey(other, each)) === index,
  )
  const all = [...kept, ...missing.map((each) => formatKey(each))]
  return all.length === 0 ? '' : `${all.join('\n')}\n`
}

function withoutKeys(text: string, unwanted: readonly AuthorizedKey[]): string {
  const kept = parseKeys(text).filter(({ key }) => !key || !unwanted.some((each) => sameKey(each, key)))
  return kept.length === 0 ? '' : `${kept.map(({ line }) => line).join('\n')}\n`
}
