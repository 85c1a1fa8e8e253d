import { basename } from 'node:path/posix'

/** Programs that are there to change files. */
const WRITERS = new Set(
  'touch mkdir rmdir rm chmod chown chgrp truncate cp mv ln tee install unlink'.split(' '),
)

/** Whether the words of a command show that it changes files, so that `changed_when: false` only says what is reported. */
export function wordsWrite([program = '', ...words]: readonly string[]): boolean {
  const name = basename(program)
  return WRITERS.has(name) || (name === 'sed' && words.some((word) => /^(-[a-zA-Z]*i|--in-place)/.test(word)))
}

/** The same of a line for a shell, which may also send output to a file. What is quoted is no part of its grammar. */
export function lineWrites(line: string): boolean {
  const bare = line
    // A quoted name of a file counts.
    .replaceAll(/(>\s*)["']([^"']*)["']/g, '$1$2')
    .replaceAll(/'[^']*'|"(\\.|[^"\\])*"/g, "''")
  return (
    /(?<![<>=-])>{1,2}\|?\s*(?![\s&>=(\d]|\/dev\/(null|stdout|stderr|tty|fd)\b)[^\s;|]/.test(bare) ||
    bare
      .split(/[;&|\n(){}]+/)
      .some((part) =>
        wordsWrite(part.replace(/^\s*((if|then|else|do|while|until|!|sudo)\s+)*/, '').split(/\s+/)),
      )
  )
}
