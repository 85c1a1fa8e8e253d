import { sh } from '../../transport/shell.ts'
import type { Dict } from '../../variables/value.ts'
import type { Evidence } from './evidence.ts'

export const mountFiles = ['/proc/self/mounts']

export const mountCommands = {
  // A network file system that hangs is given up; those asked before it are told of.
  sizes: sh`set --
while read -r device place rest; do
  case $device in
    /*|*:/*) case $place in *\\\\*) place=$(printf '%b' "$place");; esac; set -- "$@" "$place";;
  esac
done < /proc/self/mounts
[ $# = 0 ] || timeout 10 stat -f -c '%S %b %f %a %c %d %n' -- "$@"`,
  links: sh`find /dev/disk -type l -printf '%f %l %h\\n'`,
}

/** `mounts`: what is mounted from a device or another host. */
export function mountFacts(evidence: Evidence): Dict {
  const sizes = new Map<string, number[]>()
  for (const line of evidence.output('sizes').split('\n')) {
    const match = /^(\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (.*)$/.exec(line)
    if (match) sizes.set(match[7]!, match.slice(1, 7).map(Number))
  }
  const uuids = diskLinks(evidence, 'by-uuid')
  return {
    mounts: evidence.lines('/proc/self/mounts').flatMap((line) => {
      const [device = '', place = '', fstype = '', options = '', dump = '0', passno = '0'] = line
        .split(' ')
        .map((field) => unescape(field))
      if ((!device.startsWith('/') && !device.includes(':/')) || fstype === 'none') return []
      const basics = { mount: place, device, fstype, options, dump: Number(dump), passno: Number(passno) }
      const size = sizes.get(place)
      if (!size) return [{ ...basics, uuid: 'N/A' }]
      const [block, total, , available, inodes, freeInodes] = size as [
        number,
        number,
        number,
        number,
        number,
        number,
      ]
      return [
        {
          ...basics,
          uuid: uuids.get(device.replace('/dev/', ''))?.[0] ?? 'N/A',
          size_total: block * total,
          size_available: block * available,
          block_size: block,
          block_total: total,
          block_available: available,
          block_used: total - available,
          inode_total: inodes,
          inode_available: freeInodes,
          inode_used: inodes - freeInodes,
        },
      ]
    }),
  }
}

/** The names under /dev/disk/<kind> of each device. */
export function diskLinks(evidence: Evidence, kind: string): Map<string, string[]> {
  const names = new Map<string, string[]>()
  for (const line of evidence.output('links').split('\n')) {
    const [name, target, directory] = line.split(' ')
    if (directory !== `/dev/disk/${kind}`) continue
    const device = target!.split('/').at(-1)!
    names.set(device, [...(names.get(device) ?? []), name!].sort())
  }
  return names
}

/** Blanks in /proc/mounts are written in octal. */
function unescape(field: string): string {
  return field.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
