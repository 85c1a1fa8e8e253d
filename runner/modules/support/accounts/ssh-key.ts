import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { fileEffects, presentPath } from '../../../host/files.ts'
import { effect } from '../../../host/state.ts'
import { path as pathKind } from '../../../resources/path.ts'
import { UnknownRead } from '../../../host/misses.ts'
import type { User } from '../../../resources/user.ts'
import { sh } from '../../../transport/shell.ts'
import { Unknown } from '../../../variables/unknown.ts'
import type { Dict } from '../../../variables/value.ts'
import type { Planning } from '../../module.ts'
import type { UserChange } from './user-change.ts'

export interface WantedKey {
  readonly bits?: number
  readonly type: string
  readonly file?: string
  readonly comment: string
  readonly passphrase?: string
  /** Replace a key that is there. */
  readonly force: boolean
}

/** Plans a user's SSH key, made on the host, and returns what `register` holds of it. */
export function generateKey(wanted: WantedKey, user: User, plan: UserChange, planning: Planning): Dict {
  const file = posix.resolve(user.home, wanted.file ?? `.ssh/id_${wanted.type}`)
  const there = planning.files.exists(file)
  if (there && !wanted.force) return { ssh_key_file: file, ...publicKeyFacts(publicKey(file, planning)) }
  const directory = posix.dirname(file)
  const makesDirectory = planning.files.stat(directory).status.type === 'absent'
  const owner = { owner: user.name, group: user.group }
  const later = new Unknown({ what: `the SSH key ${file}, which the host makes` })
  plan.differs('SSH key', there ? file : null, `${file} (new)`)
  if (makesDirectory) {
    plan.run(sh`mkdir -m 0700 -- ${directory}; chown ${`${user.name}:${user.group}`} -- ${directory}`)
    plan.affects(
      effect(pathKind, directory, presentPath({ type: 'directory', mode: 0o700, fresh: true, ...owner })),
    )
  }
  if (there) plan.run(sh`rm -f -- ${file} ${`${file}.pub`}`)
  const options = [
    '-q',
    '-t',
    wanted.type,
    ...(wanted.bits === undefined ? [] : ['-b', String(wanted.bits)]),
    '-C',
    wanted.comment,
    '-f',
    file,
  ]
  if (wanted.passphrase === undefined) plan.run(sh`ssh-keygen ${options} -N '' </dev/null`)
  else plan.feed(withPassphrase(options), wanted.passphrase)
  plan.run(
    sh`chown ${`${user.name}:${user.group}`} -- ${file} ${`${file}.pub`}; chmod 0644 -- ${`${file}.pub`}; echo "key $(cat -- ${`${file}.pub`})"`,
  )
  plan.affects(
    ...fileEffects(file, later, { mode: 0o600, ...owner }),
    ...fileEffects(`${file}.pub`, later, { mode: 0o644, ...owner }),
  )
  return { ssh_key_file: file, ssh_public_key: later, ssh_fingerprint: later }
}

// It is asked for through a helper that reads a file nobody else can, so that it never stands in a command line.
function withPassphrase(options: readonly string[]) {
  return sh`( umask 077; private=$(mktemp -d); trap 'rm -rf -- "$private"' EXIT
cat > "$private/passphrase"
printf '#!/bin/sh\\ncat "%s/passphrase"\\n' "$private" > "$private/ask"; chmod 0700 "$private/ask"
SSH_ASKPASS="$private/ask" SSH_ASKPASS_REQUIRE=force DISPLAY=none ssh-keygen ${options} </dev/null )`
}

function publicKey(file: string, { files }: Planning): string | Unknown {
  try {
    return files.read(`${file}.pub`)?.toString('utf8').trim() ?? ''
  } catch (error) {
    if (error instanceof UnknownRead) return error.unknown
    throw error
  }
}

/** `ssh_public_key`, and `ssh_fingerprint` as `ssh-keygen -l` prints it. */
export function publicKeyFacts(key: string | Unknown): Dict {
  if (key instanceof Unknown) return { ssh_public_key: key, ssh_fingerprint: key }
  const [type = '', blob = '', ...comment] = key.split(' ')
  if (!blob) return {}
  const bytes = Buffer.from(blob, 'base64')
  const digest = createHash('sha256').update(bytes).digest('base64').replace(/=+$/, '')
  const kind = type.replace(/^ssh-|^ecdsa-sha2-.*/, '').toUpperCase() || 'ECDSA'
  return {
    ssh_public_key: key,
    ssh_fingerprint: `${keyBits(type, bytes)} SHA256:${digest} ${comment.join(' ') || 'no comment'} (${kind})`,
  }
}

function keyBits(type: string, blob: Buffer): number {
  const curve = /nistp(\d+)$/.exec(type)
  if (curve) return Number(curve[1])
  if (type !== 'ssh-rsa') return 256
  // type, exponent, modulus: each with its length before it.
  let at = 0
  for (let skipped = 0; skipped < 2; skipped++) at += 4 + blob.readUInt32BE(at)
  const modulus = blob.subarray(at + 4, at + 4 + blob.readUInt32BE(at))
  const first = modulus.findIndex((byte) => byte !== 0)
  return (modulus.length - first) * 8 - Math.clz32(modulus[first]!) + 24
}
