import { basename } from 'node:path/posix'

/** Programs that are there to change files. */
const WRITERS = new Set(
  'touch mkdir rmdir rm chmod chown chgrp truncate cp mv ln tee install unlink shred mkfifo mknod'.split(' '),
)

/** Whether the words of a command show that it changes files, so that `changed_when: false` only says what is reported. */
export function wordsWrite(words: readonly string[]): boolean {
  const [program = '', ...args] = programOf(words)
  const name = basename(program)
  if (name === 'sed') return args.some((word) => /^(-[a-zA-Z]*i|--in-place)/.test(word))
  if (name === 'find') return findWrites(args)
  if (/^(?:ba|da|k|z)?sh$/.test(name)) return lineWrites(lineOf(args))
  return WRITERS.has(name)
}

/** The same of a line for a shell, which may also send output to a file. What is quoted is no part of its grammar. */
export function lineWrites(line: string): boolean {
  const bare = line
    // A quoted name of a file counts.
    .replaceAll(/(>\s*)["']([^"']*)["']/g, '$1$2')
    .replaceAll(/'[^']*'|"(\\.|[^"\\])*"/g, "''")
  return (
    /(?<![<>=-])>{1,2}\|?\s*(?![\s&>=(\d]|\/dev\/(null|stdout|stderr|tty|fd)\b)[^\s;|]/.test(bare) ||
    bare.split(/(?<!\\);|[&|\n(){}]+/).some((part) => wordsWrite(part.trim().split(/\s+/)))
  )
}

/** What stands before a program and runs it: its options with a value, and how many words of its own it takes. */
const RUNNERS = new Map<string, { readonly valued?: RegExp; readonly own?: number }>(
  Object.entries({
    env: { valued: /^(-[uC]|--(unset|chdir))$/ },
    sudo: { valued: /^(-[ugpCrtThUDR]|--(user|group|prompt|chdir|chroot|role|type|host))$/ },
    doas: { valued: /^-[uC]$/ },
    runuser: { valued: /^(-[ugGw]|--(user|group|supp-group))$/ },
    nice: { valued: /^(-n|--adjustment)$/ },
    ionice: { valued: /^(-[cn]|--(class|classdata))$/ },
    timeout: { valued: /^(-[sk]|--(signal|kill-after))$/, own: 1 },
    flock: { valued: /^(-[wE]|--(timeout|conflict-exit-code))$/, own: 1 },
    stdbuf: { valued: /^(-[ioe]|--(input|output|error))$/ },
    xargs: { valued: /^(-[nIPLdaEs]|--(max-args|max-procs|delimiter|arg-file))$/ },
    time: { valued: /^(-[fo]|--(format|output))$/ },
    exec: { valued: /^-a$/ },
    ...Object.fromEntries(
      'command builtin nohup setsid chronic eatmydata'.split(' ').map((name) => [name, {}]),
    ),
    // Words of the shell's grammar, which a program follows.
    ...Object.fromEntries('if then elif else do while until !'.split(' ').map((name) => [name, {}])),
  }),
)

/** The program and its arguments, without what sets its environment, its user or its time before it. */
function programOf(words: readonly string[]): readonly string[] {
  let at = 0
  for (;;) {
    while (/^\w+=/.test(words[at] ?? '')) at++
    const runner = RUNNERS.get(basename(words[at] ?? ''))
    if (!runner) return words.slice(at)
    at++
    while (words[at]?.startsWith('-')) at += runner.valued?.test(words[at]!) ? 2 : 1
    at += runner.own ?? 0
  }
}

function findWrites(args: readonly string[]): boolean {
  return args.some(
    (word, index) =>
      /^-(delete|fprint\w*|fls)$/.test(word) ||
      (/^-(exec|ok)(dir)?$/.test(word) && wordsWrite(args.slice(index + 1))),
  )
}

/** What a shell is given to run, with `-c`. */
function lineOf(args: readonly string[]): string {
  const at = args.findIndex((word) => /^-[a-z]*c$/.test(word))
  return at < 0 ? '' : (args[at + 1] ?? '')
}
