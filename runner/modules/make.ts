import { joinScripts, sh } from '../transport/shell.ts'
import { textOf } from '../variables/text.ts'
import { args, dict, int, item, list, optional, path, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { failed, opaqueScript } from './outcome.ts'
import { hostPath } from './support/host-path.ts'

/** @source https://docs.ansible.com/ansible/latest/collections/community/general/make_module.html */
export default defineModule({
  name: 'make',
  summary: 'Runs make where there is something to do.',
  preview: 'runs nothing: the result is unknown.',
  args: args({
    chdir: path('The directory to run in.'),
    target: optional(text('What is made.')),
    targets: optional(list(item.text, 'What is made, one after another.')),
    params: optional(dict('Variables of make.')),
    file: optional(path('The makefile.')),
    jobs: optional(int('So many at once.')),
    make: optional(path('The make to use.')),
  }),
  plan: (given, planning) => {
    if (given.target !== undefined && given.targets !== undefined)
      return failed('parameters are mutually exclusive: target|targets')
    const chdir = hostPath(given.chdir, planning)
    const words = [
      given.make ?? 'make',
      ...(given.file === undefined ? [] : ['--file', given.file]),
      ...(given.jobs === undefined ? [] : ['-j', String(given.jobs)]),
      ...(given.target === undefined ? (given.targets ?? []) : [given.target]),
      ...Object.entries(given.params ?? {}).map(([name, value]) =>
        value === null || value === undefined ? name : `${name}=${textOf(value)}`,
      ),
    ]
    return opaqueScript({
      what: words.join(' '),
      after: [],
      writes: true,
      // `--question` tells whether anything is out of date; a phony target always is.
      script: joinScripts([
        sh`cd -- ${chdir} || exit`,
        sh`${words} --question >/dev/null 2>&1 && { printf 'same\\0'; exit 0; }`,
        sh`printf 'made\\0'; ${words}`,
      ]),
      finish: ({ status, stdout, stderr }) => {
        const [what = '', ...rest] = stdout.toString('utf8').split('\0')
        const out = rest.join('\0').trimEnd()
        const complaint = stderr.toString('utf8').trimEnd()
        return {
          changed: what === 'made',
          command: words.join(' '),
          chdir,
          stdout: out,
          stderr: complaint,
          ...(status === 0 ? {} : { failed: true, rc: status, msg: complaint || 'make failed' }),
        }
      },
    })
  },
})
