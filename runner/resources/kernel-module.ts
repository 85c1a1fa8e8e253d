import { sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

/** `loaded`, `builtin`, `available` (it could be loaded), or `missing`. */
export type KernelModuleStatus = 'loaded' | 'builtin' | 'available' | 'missing'

/** A module of the kernel; dashes and underscores in its name are the same. */
export const kernelModule = defineResource<string, KernelModuleStatus>({
  name: 'kernel module',
  id: (key) => key.replaceAll('-', '_'),
  read: (keys) => sh`PATH=$PATH:/usr/sbin:/sbin; read -r release < /proc/sys/kernel/osrelease
for name in ${keys.map((key) => key.replaceAll('-', '_'))}; do
  if grep -qs "^$name " /proc/modules; then echo loaded
  elif tr - _ < "/lib/modules/$release/modules.builtin" | grep -qs "/$name\\.ko"; then echo builtin
  elif modprobe -n -q -- "$name"; then echo available
  else echo missing; fi
done 2>/dev/null`,
  parse: (answer, keys) => {
    const lines = answer.toString('latin1').split('\n')
    return keys.map((_, index) => (lines[index] ?? 'missing') as KernelModuleStatus)
  },
})
