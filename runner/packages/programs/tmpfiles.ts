import { Unknown } from '../../variables/unknown.ts'
import type { Machine } from '../machine.ts'

/**
 * Does what a line of a tmpfiles.d file asks for.
 *
 * @source https://www.freedesktop.org/software/systemd/man/latest/tmpfiles.d.html
 */
export function tmpfilesLine(line: string, machine: Machine): void {
  const [written = '', path, mode = '-', owner = '-', group = '-', , ...rest] = line.trim().split(/\s+/)
  if (path === undefined || written.startsWith('#')) return
  // What counts at boot alone.
  if (written.includes('!')) return
  const argument = rest.join(' ')
  const type = written.replaceAll(/[-+=~^$]/g, '')
  const wanted = {
    ...(mode === '-' ? {} : { mode: mode.replace(/^[~:]+/, '') }),
    ...(owner === '-' ? {} : { owner: owner.replace(/^:/, '') }),
    ...(group === '-' ? {} : { group: group.replace(/^:/, '') }),
  }
  if (path.includes('%') || argument.includes('%')) {
    machine.untold({ what: `tmpfiles.d: ${line}` })
    return
  }
  const there = machine.lstat(path)
  const isThere = !(there instanceof Unknown) && there.type !== 'absent'
  switch (type) {
    case 'd':
    case 'D':
    case 'v':
    case 'q':
    case 'Q':
      machine.makeDirectory(path, { mode: '0755', parents: true })
      machine.change(path, wanted)
      return
    case 'f':
    case 'F':
      if (!isThere || written.includes('+') || type === 'F') machine.write(path, argument)
      machine.change(path, { ...(isThere ? {} : { mode: '0644' }), ...wanted })
      return
    case 'L':
      if (!isThere || written.includes('+')) machine.link(argument || `/usr/share/factory${path}`, path)
      return
    case 'z':
    case 'Z':
      if (isThere && !path.includes('*')) machine.change(path, wanted, { recursive: type === 'Z' })
      return
    case 'C':
    case 'c':
    case 'b':
    case 'p':
    case 'w':
      if (!isThere || type === 'w') machine.untold({ what: `tmpfiles.d: ${line}` }, [path])
  }
}
