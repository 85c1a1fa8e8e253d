import { createHash } from 'node:crypto'
import { openScratch } from '../packages/scratch.ts'
import { type Script, sh } from '../transport/shell.ts'

/** What a server of databases answers: null where there is no such thing, or why there is no answer. */
export type ServerAnswer<Row> = { readonly row: Row | null } | { readonly error: string }

/** Tells servers, and who asks them, apart. */
export function serverId({ password: _, ...open }: { readonly password?: string }): string {
  return createHash('sha256').update(JSON.stringify(open)).digest('hex').slice(0, 16)
}

/** Shell code that puts a question to a server, and prints a record: `+` and the answer, or `-` and the complaint. */
export function asking(question: Script): Script {
  return sh`( ${openScratch}
# What is only warned of is no part of the answer.
said=$(mktemp -- "$scratch/said.XXXXXXXX") || exit
if answer=$( exec 2>"$said"
${question} ); then printf '+%s\\0' "$answer"; else printf -- '-%s\\0' "$(cat -- "$said")"; fi
rm -f -- "$said" )
`
}

/** Reads so many records. @param client what it is that answers, for who gets no answer */
export function answersOf<Row>(
  records: Buffer,
  count: number,
  client: string,
  answerOf: (text: string) => ServerAnswer<Row>,
): ServerAnswer<Row>[] {
  const all = records.toString('utf8').split('\0')
  return Array.from({ length: count }, (_, index) => {
    const record = all[index] ?? ''
    return record.startsWith('+')
      ? answerOf(record.slice(1))
      : { error: record.slice(1).trim() || `${client} gave no answer` }
  })
}

/** Whether what is found is what was foretold. */
export function isSameAnswer<Row>(
  predicted: ServerAnswer<Row>,
  observed: ServerAnswer<Row>,
  isSame: (predicted: Row, observed: Row) => boolean,
): boolean {
  if ('error' in predicted || 'error' in observed) return 'error' in predicted === 'error' in observed
  if (predicted.row === null || observed.row === null) return predicted.row === observed.row
  return isSame(predicted.row, observed.row)
}

/** In words. What the server keeps of a password is for nobody's eyes. */
export function describeAnswer(answer: ServerAnswer<unknown>): string {
  if ('error' in answer) return answer.error
  return answer.row === null ? 'absent' : 'present, as it is'
}
