import { args, path } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed, unchanged } from './outcome.ts'
import { hostPath } from './support/host-path.ts'

export default defineModule({
  name: 'slurp',
  summary: 'Reads a file of the host into a variable, in Base64.',
  looksOnly: true,
  args: args({ src: path('The file.', { aliases: ['path'] }) }),
  plan: ({ src }, planning) => {
    const { files } = planning
    const at = hostPath(src, planning)
    const { status } = files.stat(at)
    if (status.type === 'absent') return failed(`file not found: ${src}`)
    if (status.type === 'directory') return failed(`source is a directory and must be a file: ${src}`)
    const bytes = files.read(at)
    if (bytes === null)
      return failed(`unable to slurp file: ${src}: it is a ${status.type} or may not be read`)
    return unchanged({ content: bytes.toString('base64'), encoding: 'base64', source: at })
  },
})
