import { sh } from '../transport/shell.ts'
import { defineResource } from './resource.ts'

export interface InstalledPackage {
  readonly name: string
  readonly version: string
  readonly arch: string
  /** The archive's section: `admin`. */
  readonly category: string
}

/** Every installed package; there is one list, its key is ''. */
export const packages = defineResource<string, readonly InstalledPackage[]>({
  name: 'packages',
  id: (key) => key,
  read: () =>
    sh`dpkg-query -W -f ${'${db:Status-Status} ${Package} ${Version} ${Architecture} ${Section}\\n'} 2>/dev/null`,
  parse: (answer, keys) => {
    const found = answer
      .toString('utf8')
      .split('\n')
      .flatMap((line) => {
        const [status, name, version, arch, category = ''] = line.split(' ')
        return status === 'installed' ? [{ name: name!, version: version!, arch: arch!, category }] : []
      })
    return keys.map(() => found)
  },
})
