import { formatMode, type PresentPath } from '../../resources/path.ts'
import type { Dict } from '../../variables/value.ts'

/** What `stat` and `find` tell of a path, under Ansible's names. */
export function statFacts(status: PresentPath): Dict {
  return {
    mode: formatMode(status.mode),
    isdir: status.type === 'directory',
    isreg: status.type === 'file',
    islnk: status.type === 'link',
    isfifo: status.type === 'fifo',
    issock: status.type === 'socket',
    isblk: status.type === 'block',
    ischr: status.type === 'char',
    uid: status.uid,
    gid: status.gid,
    pw_name: status.owner,
    gr_name: status.group,
    size: status.size,
    inode: status.inode,
    dev: status.device,
    nlink: status.links,
    atime: status.atime,
    mtime: status.mtime,
    ctime: status.ctime,
    ...permissionFlags(status.mode),
  }
}

function permissionFlags(mode: number): Dict {
  const flags: [string, number][] = [
    ['rusr', 0o400],
    ['wusr', 0o200],
    ['xusr', 0o100],
    ['rgrp', 0o040],
    ['wgrp', 0o020],
    ['xgrp', 0o010],
    ['roth', 0o004],
    ['woth', 0o002],
    ['xoth', 0o001],
    ['isuid', 0o4000],
    ['isgid', 0o2000],
  ]
  return Object.fromEntries(flags.map(([name, bit]) => [name, (mode & bit) !== 0]))
}
