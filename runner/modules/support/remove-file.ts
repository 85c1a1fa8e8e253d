import { absentEffects } from '../../host/files.ts'
import { sh } from '../../transport/shell.ts'
import type { Planning } from '../module.ts'
import { change, type Outcome, unchanged } from '../outcome.ts'
import { contentDiff, isText } from './content-diff.ts'

/** Plans that no file stands at a path; what was in it is shown. */
export function removeFile(path: string, { files }: Planning): Outcome {
  const { path: real, status } = files.lstat(path)
  if (status.type === 'absent') return unchanged()
  const bytes = status.type === 'file' ? files.read(real) : null
  return change({
    diff: [
      bytes !== null && isText(bytes)
        ? contentDiff(path, bytes, null)
        : { path, attributes: [{ name: 'state', before: status.type, after: 'absent' }] },
    ],
    script: sh`rm -f -- ${real}`,
    after: absentEffects(real),
    result: {},
  })
}
