import { authoredScript } from '../../transport/shell.ts'
import type { Dict } from '../../variables/value.ts'
import type { Collector } from './collector.ts'

/** The host's own Python, where it has one: nothing here needs it, and playbooks ask for it all the same. */
export const python: Collector = {
  name: 'python',
  provides: ['python_version'],
  minimal: true,
  commands: {
    python: authoredScript(
      'for program in /usr/bin/python3 /usr/local/bin/python3 /usr/bin/python; do' +
        ' [ ! -x "$program" ] || { echo "$program"; "$program" -V 2>&1; break; }; done',
    ),
  },
  facts: (evidence): Dict => {
    const [executable, said] = evidence.output('python').split('\n')
    const [, version, major, minor, micro, level = '', serial = '0'] =
      /^Python ((\d+)\.(\d+)\.(\d+)(?:(a|b|rc)(\d+))?)/.exec(said ?? '') ?? []
    if (version === undefined) return {}
    const info = {
      major: Number(major),
      minor: Number(minor),
      micro: Number(micro),
      releaselevel: LEVELS[level] ?? 'final',
      serial: Number(serial),
    }
    return {
      python: {
        executable: executable!,
        type: 'cpython',
        version: info,
        version_info: Object.values(info),
      },
      python_version: `${major}.${minor}.${micro}`,
    }
  },
}

const LEVELS: Readonly<Record<string, string>> = { a: 'alpha', b: 'beta', rc: 'candidate' }
