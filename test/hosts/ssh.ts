import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { SandboxHost } from '../../runner/sandbox/index.ts'

/**
 * Runs a command on a sandbox with OpenSSH's client, which accepts no host keys but those the sandbox is known by.
 * Gives what it prints, without the last newline; an error with its status otherwise.
 */
export async function ssh(host: SandboxHost, command: string, user = host.user): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ssh-'))
  try {
    const knownHosts = join(folder, 'known_hosts')
    await writeFile(knownHosts, host.hostKeys.map((line) => `${line}\n`).join(''))
    const options = [
      'StrictHostKeyChecking=yes',
      `UserKnownHostsFile=${knownHosts}`,
      'ConnectTimeout=10',
      'LogLevel=ERROR',
    ]
    const words = ['-F', '/dev/null', ...options.flatMap((option) => ['-o', option])]
    const address = ['-i', host.privateKeyFile, '-p', String(host.port), `${user}@${host.address}`]
    const { stdout } = await promisify(execFile)('ssh', [...words, ...address, command])
    return stdout.trimEnd()
  } finally {
    await rm(folder, { recursive: true })
  }
}
