import { effect } from '../../host/state.ts'
import { type FileFlags, fileFlags, sortLetters } from '../../resources/file-flags.ts'
import { sh } from '../../transport/shell.ts'
import { textOf } from '../../variables/text.ts'
import type { AnyModule, Planning } from '../module.ts'
import { change, failed, type Outcome, unchanged } from '../outcome.ts'
import { hostPath } from './host-path.ts'
import { sequence } from './sequence.ts'

export interface WantedFlags {
  /** As `chattr` takes them: `+i`, `-A`, `=A` or `A`. */
  readonly attributes?: string
}

/** What names the file where the result does not. */
interface WhereItIs {
  readonly dest?: string
  readonly path?: string
}

/** Plans a task with its module. One that manages a file gives it its flags at last. */
export function planWithFlags(module: AnyModule, given: unknown, planning: Planning): Outcome {
  const flags = 'attributes' in module.args.properties ? (given as WantedFlags).attributes : undefined
  const wanted = flags === undefined ? undefined : parseFlags(flags)
  if (wanted === 'wrong')
    return failed(`attributes '${flags}' are no flags of a file system: write letters as chattr takes them`)
  const outcome = module.plan(given, planning)
  if (wanted === undefined) return outcome
  if (outcome.type === 'look' || outcome.type === 'opaque')
    return failed('attributes cannot be set by a task that only makes a file by the way: use the file module')
  if (outcome.type !== 'unchanged' && outcome.type !== 'change') return outcome
  const [told, own] = [outcome.result, given as WhereItIs]
  const at = textOf(told['dest'] ?? told['path'] ?? own.dest ?? own.path)
  return sequence(
    planning,
    [() => outcome, (inside) => setFlags(hostPath(at, inside), wanted, inside)],
    ([placed]) => placed!,
  )
}

interface Wanted {
  readonly operator: '+' | '-' | '='
  readonly letters: string
}

function parseFlags(written: string): Wanted | 'wrong' | undefined {
  const match = /^([-+=]?)([aAcCdDeEFijmPsStTuxX]*)$/.exec(written.trim())
  if (!match) return 'wrong'
  if (match[2] === '') return undefined
  return { operator: (match[1] || '=') as Wanted['operator'], letters: sortLetters(match[2]!) }
}

function setFlags(path: string, { operator, letters }: Wanted, planning: Planning): Outcome {
  const { path: real, status } = planning.files.stat(path)
  if (status.type !== 'file' && status.type !== 'directory') return unchanged()
  const before = flagsOf(real, typeof status.inode === 'number', planning)
  if (before === null) return failed(`chattr failed: the file system at ${path} has no such flags`)
  const all = Array.from(letters)
  const isOn = (letter: string) => before.on.includes(letter)
  const isOff = (letter: string) => !isOn(letter) && (before.off === undefined || before.off.includes(letter))
  const isSo =
    operator === '+'
      ? all.every(isOn)
      : operator === '-'
        ? all.every(isOff)
        : before.off === undefined && sortLetters(before.on.replace(/[EINV]/g, '')) === letters
  if (isSo) return unchanged()
  const without = (from: string) =>
    Array.from(from)
      .filter((letter) => !all.includes(letter))
      .join('')
  const after: FileFlags =
    operator === '='
      ? { on: letters }
      : operator === '+'
        ? {
            on: sortLetters(before.on + letters),
            ...off(before.off === undefined ? undefined : without(before.off)),
          }
        : {
            on: without(before.on),
            ...off(before.off === undefined ? undefined : sortLetters(before.off + letters)),
          }
  return change({
    diff: [
      {
        path,
        attributes: [
          {
            name: 'attributes',
            before: before.off === undefined ? before.on : null,
            after: `${operator}${letters}`,
          },
        ],
      },
    ],
    script: sh`chattr ${`${operator}${letters}`} -- ${real}`,
    after: [effect(fileFlags, real, after)],
    result: {},
  })
}

function off(letters: string | undefined): Pick<FileFlags, 'off'> {
  return letters === undefined ? {} : { off: letters }
}

// Of a file that is new nobody can tell what its file system gives it.
function flagsOf(real: string, isThere: boolean, { state }: Planning): FileFlags | null {
  const born = state.birthOf(real)
  const predicted = state.predicted(fileFlags, real, born)
  if (predicted !== undefined) return state.read(fileFlags, real)
  return isThere ? state.read(fileFlags, real) : { on: '', off: '' }
}
