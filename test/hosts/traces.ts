import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { stateFolder } from '../../runner/sandbox/paths.ts'

const execute = promisify(execFile)

/**
 * What a machine that runs sandboxes would show of them: links, network namespaces, mounts, rules, processes, control
 * groups, kernel settings and state. What belongs to other projects' sandboxes is left out; they may come and go.
 */
export async function traces(ownId: string): Promise<Record<string, string[]>> {
  const found = {
    links: await print('ip', '-brief', 'link'),
    addresses: await print('ip', '-brief', 'address'),
    namespaces: await print('ip', 'netns'),
    mounts: await print('cat', '/proc/self/mounts'),
    rules: await print('nft', 'list', 'ruleset'),
    cgroups: await print('find', '/sys/fs/cgroup', '-name', 'rehearsal-*'),
    processes: await processes(),
    forwarding: await print('cat', '/proc/sys/net/ipv4/ip_forward'),
    state: await readdir(stateFolder()).catch(() => []),
  }
  return Object.fromEntries(Object.entries(found).map(([kind, lines]) => [kind, withoutOthers(lines, ownId)]))
}

async function print(command: string, ...words: string[]) {
  const { stdout } = await execute(command, words)
  return stdout.split('\n')
}

/** Processes that are, or are kept for, sandboxes. Dead ones, which have no command, only wait for process 1. */
async function processes() {
  const numbers = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const texts = numbers.map(async (number) => {
    const [command, cgroup] = await Promise.all(
      ['cmdline', 'cgroup'].map(async (name) => readFile(`/proc/${number}/${name}`, 'utf8').catch(() => '')),
    )
    return command === '' ? '' : `${command!.replaceAll('\0', ' ')} ${cgroup!.replaceAll('\n', ' ')}`
  })
  return (await Promise.all(texts)).filter((text) => text.includes('rehearsal-'))
}

/** Rules are compared without those that show nothing but another project's table. */
function withoutOthers(lines: string[], ownId: string) {
  const other = new RegExp(`\\brh(?!${ownId})[0-9a-f]{6}|rehearsal[-_](?!${ownId})[0-9a-f]{6}`)
  const outside = lines
    .join('\n')
    .replaceAll(/^table ip rehearsal_([0-9a-f]{6}) \{[^]*?^\}$/gm, (table, id) => (id === ownId ? table : ''))
  return outside.split('\n').filter((line) => line !== '' && !other.test(line) && !/^[0-9a-f]{6}$/.test(line))
}
