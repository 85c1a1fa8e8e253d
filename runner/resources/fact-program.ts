import { sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

/** What an executable in /etc/ansible/facts.d printed, and its exit status. */
export interface FactProgramOutput {
  readonly status: number
  readonly stdout: string
}

/** Runs a host's own fact programs; the key is the path. They are asked to look, and are run in a dry run as well. */
export const factProgram = defineResource<string, FactProgramOutput>({
  name: 'fact-program',
  id: (key) => key,
  read: (keys) => sh`for path in ${keys}; do
  output=$(timeout 10 "$path" 2>/dev/null </dev/null)
  printf ${'%s\\0%s\\0'} $? "$output"
done`,
  parse: (answer, keys) => {
    const records = answer.toString('utf8').split('\0')
    return keys.map((_, index) => ({
      status: Number(records[index * 2]),
      stdout: records[index * 2 + 1] ?? '',
    }))
  },
})
