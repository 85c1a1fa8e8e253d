import { sh } from '../transport/shell.ts'
import { atPath, defineResource } from './resource.ts'

/** A question to the host's name services: a database, and a key or all of it. */
export interface NameServiceQuestion {
  readonly database: string
  readonly key?: string
  readonly service?: string
}

export interface NameServiceAnswer {
  /** As getent(1): 0 found, 1 no such database, 2 no such key, 3 no listing. */
  readonly status: number
  readonly lines: readonly string[]
}

const isDatabase = atPath((path) =>
  /^\/etc\/(passwd|group|shadow|gshadow|hosts|services|protocols|networks|nsswitch\.conf)$/.test(path),
)

const ACCOUNTS = /^(passwd|group)$/

/** What `getent` answers. */
export const nameService = defineResource<NameServiceQuestion, NameServiceAnswer>({
  name: 'name service',
  id: ({ database, key = '*', service = '' }) => `${database} ${key} ${service}`.trim(),
  // Only what is no account's may be asked of other hosts.
  dear: ({ database, key }) => key === undefined || !ACCOUNTS.test(database),
  read: (keys) => sh`ask() {
  answer=$(timeout 10 getent "$@" 2>/dev/null); printf ${'%s\\0%s\\0'} $? "$answer"
}
${keys.map(
  ({ database, key, service }) =>
    sh`ask ${service === undefined ? [] : ['-s', service]} ${database} ${key === undefined ? [] : [key]}
`,
)}`,
  parse: (answer, keys) => {
    const records = answer.toString('utf8').split('\0')
    return keys.map((_, index) => ({
      status: Number(records[index * 2]),
      lines: (records[index * 2 + 1] ?? '').split('\n').filter(Boolean),
    }))
  },
  outdatedBy: (changed) => /^(user|group)$/.test(changed.kind.name) || isDatabase(changed, undefined),
})
