import { sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

/** The name that the kernel goes by. There is one, so the key is always the same. */
export const runningHostname = defineResource<'kernel', string>({
  name: 'hostname',
  id: (key) => key,
  read: () => sh`cat /proc/sys/kernel/hostname`,
  parse: (answer, keys) => keys.map(() => answer.toString('utf8').trim()),
})
