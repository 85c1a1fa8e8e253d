import { absentEffects } from '../../host/files.ts'
import { sh } from '../../transport/shell.ts'
import type { Planning } from '../module.ts'
import { change, failed, type ModuleResult, type Outcome, unchanged } from '../outcome.ts'
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

/** The same of a file that holds a secret: nothing of it is shown. */
export function removeUnseen(path: string, result: ModuleResult, { files }: Planning): Outcome {
  const { path: real, status } = files.lstat(path)
  if (status.type === 'absent') return unchanged(result)
  if (status.type === 'directory') return failed(`${path} is a directory`, result)
  return change({
    diff: [{ path, attributes: [{ name: 'state', before: status.type, after: 'absent' }] }],
    script: sh`rm -f -- ${real}`,
    after: absentEffects(real),
    result,
  })
}
