/** Why a file of this machine cannot be read or written, in words: what the system says is not everybody's. */
export function whyUnreadable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return (code !== undefined && Object.hasOwn(WORDS, code) ? WORDS[code] : undefined) ?? message
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'what stands for a directory in its path is none',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a directory',
  ENOSPC: 'no space is left on the device',
  EROFS: 'the file system is read-only',
  ELOOP: 'its links lead in a circle',
}
