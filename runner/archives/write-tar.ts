import type { Member } from './member.ts'

const BLOCK = 512

/** A tar archive with these members, in the form that every tar reads; long names as GNU writes them. */
export function writeTar(members: readonly Member[]): Buffer {
  return Buffer.concat([...members.flatMap((member) => blocks(member)), Buffer.alloc(2 * BLOCK)])
}

const TYPES: Readonly<Record<Member['type'], string>> = {
  file: '0',
  'hard link': '1',
  link: '2',
  directory: '5',
  other: '0',
}

function blocks(member: Member): Buffer[] {
  const { name, type, bytes = Buffer.alloc(0), target = '' } = member
  const written = type === 'directory' ? `${name}/` : name
  return [
    ...(Buffer.byteLength(target) > 100 ? long('K', target) : []),
    ...(Buffer.byteLength(written) > 100 ? long('L', written) : []),
    header({ ...member, name: written, target }, TYPES[type], bytes.length),
    ...padded(bytes),
  ]
}

function long(type: string, text: string): Buffer[] {
  const bytes = Buffer.from(`${text}\0`)
  const nobody = { mode: 0, uid: 0, gid: 0, mtime: 0, owner: '', group: '', target: '' }
  return [header({ ...nobody, name: '././@LongLink' }, type, bytes.length), ...padded(bytes)]
}

interface Head extends Pick<Member, 'name' | 'mode' | 'uid' | 'gid' | 'mtime' | 'owner' | 'group'> {
  readonly target: string
}

function header(
  { name, mode, uid, gid, mtime, owner, group, target }: Head,
  type: string,
  size: number,
): Buffer {
  const block = Buffer.alloc(BLOCK)
  const octal = (value: number, at: number, length: number) =>
    block.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1')
  block.write(name, 0, 100, 'utf8')
  octal(mode, 100, 8)
  octal(Math.max(0, uid), 108, 8)
  octal(Math.max(0, gid), 116, 8)
  octal(size, 124, 12)
  octal(Math.max(0, mtime), 136, 12)
  block.fill(32, 148, 156)
  block.write(type, 156, 'latin1')
  block.write(target, 157, 100, 'utf8')
  block.write('ustar  \0', 257, 'latin1')
  block.write(owner, 265, 31, 'utf8')
  block.write(group, 297, 31, 'utf8')
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

function padded(bytes: Buffer): Buffer[] {
  const rest = bytes.length % BLOCK
  return rest === 0 ? [bytes] : [bytes, Buffer.alloc(BLOCK - rest)]
}
