/**
 * Whether a program is known to write nothing but files that stand in its command line by absolute paths: then nothing
 * else is in doubt after it. Only the plainest programs are known; of any other, nothing is said.
 */
export function keepsToItsWords([program = '', ...words]: readonly string[]): boolean {
  const written = WRITTEN[program.replace(/^\/usr\/s?bin\/|^\/s?bin\//, '')]?.(words)
  return written !== undefined && written.length > 0 && written.every((word) => /^\/[^$*?[{~]*$/.test(word))
}

/** What a program writes, from its arguments. */
const WRITTEN: Readonly<Record<string, (words: readonly string[]) => readonly string[]>> = {
  openssl: (words) => after(words, ['-out', '-keyout']),
  'ssh-keygen': (words) => after(words, ['-f']),
  touch: operands,
  mkdir: operands,
  rmdir: operands,
  rm: operands,
  chmod: (words) => operands(words).slice(1),
  chown: (words) => operands(words).slice(1),
  chgrp: (words) => operands(words).slice(1),
  truncate: (words) => operands(words).slice(words.includes('-s') ? 1 : 0),
  cp: (words) => operands(words).slice(-1),
  mv: operands,
  ln: (words) => operands(words).slice(-1),
}

function after(words: readonly string[], options: readonly string[]): string[] {
  return words.filter((_, index) => options.includes(words[index - 1] ?? ''))
}

function operands(words: readonly string[]): string[] {
  // With a target directory the roles of the words change.
  if (words.some((word) => /^(-[a-zA-Z]*t|--target-directory)/.test(word))) return []
  return words.filter((word) => !word.startsWith('-'))
}
