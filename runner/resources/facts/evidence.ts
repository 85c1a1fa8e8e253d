import { authoredScript, joinScripts, type Script, sh } from '../../transport/shell.ts'
import type { Collector } from './collector.ts'

/** What was seen on a host: texts of files, paths that exist, output of programs. */
export class Evidence {
  readonly #files = new Map<string, string[]>()
  readonly #outputs = new Map<string, string>()
  readonly #paths: ReadonlySet<string>

  /** @param answer what the script of `look` printed */
  constructor(answer: string) {
    const [files = '', paths = '', ...outputs] = answer.split(END)
    for (const [, path, line] of files.matchAll(/([^\0\n]*)\0([^\n]*)\n/g)) {
      const lines = this.#files.get(path!)
      if (lines) lines.push(line!)
      else this.#files.set(path!, [line!])
    }
    this.#paths = new Set(paths.split('\n'))
    for (const output of outputs) {
      const at = output.indexOf('\n')
      this.#outputs.set(output.slice(0, at), output.slice(at + 1))
    }
  }

  /** A file's lines; none when it is missing, empty or not to be read. */
  lines(path: string): readonly string[] {
    return this.#files.get(path) ?? []
  }

  /** A file's first line, trimmed; '' when there is none. */
  first(path: string): string {
    return this.lines(path)[0]?.trim() ?? ''
  }

  /** Every file that was read and whose path matches. */
  *matching(pattern: RegExp): Generator<{ readonly match: RegExpExecArray; readonly first: string }> {
    for (const path of this.#files.keys()) {
      const match = pattern.exec(path)
      if (match) yield { match, first: this.first(path) }
    }
  }

  exists(path: string): boolean {
    return this.#paths.has(path) || this.#files.has(path)
  }

  output(name: string): string {
    return this.#outputs.get(name) ?? ''
  }
}

const END = '\0\0\0'

/** The script that looks at everything these collectors need: one process for all files, and their programs. */
export function look(collectors: readonly Collector[]): Script {
  const files = [...new Set(collectors.flatMap((collector) => collector.files ?? []))]
  const paths = [...new Set(collectors.flatMap((collector) => collector.paths ?? []))]
  const commands = collectors.flatMap((collector) => Object.entries(collector.commands ?? {}))
  const end = sh`printf ${'\\0\\0\\0'}`
  return joinScripts([
    sh`exec 2>/dev/null`,
    // `grep` prints the file's name, a NUL and the line.
    ...(files.length > 0 ? [authoredScript(`grep -asHZ '' ${files.join(' ')}`)] : []),
    end,
    sh`for path in ${paths}; do [ ! -e "$path" ] || echo "$path"; done`,
    ...commands.flatMap(([name, command]) => [end, sh`echo ${name}`, command]),
  ])
}
