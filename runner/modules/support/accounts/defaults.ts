import type { Planning } from '../../module.ts'

/** What the host's account tools do by themselves: `/etc/login.defs` and `/etc/default/useradd`. */
export interface AccountDefaults {
  /** Permissions of a new home. */
  readonly homeMode: number
  /** Where homes are made. */
  readonly homes: string
  readonly shell: string | undefined
  readonly skeleton: string
  /** Whether a new user gets a group of the same name. */
  readonly userGroups: boolean
  /** The number of the group that users share otherwise. */
  readonly sharedGroup: string
}

/** @param umask of the `umask` argument, used where no HOME_MODE is set */
export function accountDefaults({ files }: Planning, umask?: string): AccountDefaults {
  const login = settings(text(files.read('/etc/login.defs')), /^\s*(\w+)\s+(\S+)/gm)
  const useradd = settings(text(files.read('/etc/default/useradd')), /^\s*(\w+)=(.*)$/gm)
  const octal = (value: string) => Number.parseInt(value, 8)
  return {
    homeMode: login.has('HOME_MODE')
      ? octal(login.get('HOME_MODE')!)
      : 0o777 & ~octal(umask ?? login.get('UMASK') ?? '022'),
    homes: useradd.get('HOME') || '/home',
    shell: useradd.get('SHELL'),
    skeleton: useradd.get('SKEL') || '/etc/skel',
    userGroups: login.get('USERGROUPS_ENAB')?.toLowerCase() === 'yes',
    sharedGroup: useradd.get('GROUP') || '100',
  }
}

function text(bytes: Buffer | null): string {
  return bytes?.toString('utf8') ?? ''
}

function settings(file: string, line: RegExp): Map<string, string> {
  return new Map([...file.matchAll(line)].map(([, name, value]) => [name!, value!.trim()]))
}
