import { effect } from '../host/state.ts'
import { packageKind } from '../resources/package.ts'
import { resource } from '../resources/resource.ts'
import { sh } from '../transport/shell.ts'
import { args, choice, text } from './arguments.ts'
import { defineModule } from './module.ts'
import { change, failed, unchanged } from './outcome.ts'
import { rootOnly } from './support/packages/run-apt.ts'

export default defineModule({
  name: 'dpkg_selections',
  summary: 'Sets what dpkg is to do with a package: keep it as it is (hold), or not.',
  args: args({
    name: text('The package.'),
    selection: choice(['install', 'hold', 'deinstall', 'purge'], 'What is to be done with it.'),
  }),
  reads: ({ name }) => [resource(packageKind, name)],
  plan: ({ name, selection }, planning) => {
    const status = planning.state.read(packageKind, name)
    if (status.status === 'absent')
      return failed(`Failed to find package '${name}' to perform selection '${selection}'.`)
    const before = status.selection
    const result = { before, after: selection }
    if (before === selection) return unchanged(result)
    return rootOnly(planning, () =>
      change({
        diff: [{ path: `package ${name}`, attributes: [{ name: 'selection', before, after: selection }] }],
        script: sh`printf '%s %s\\n' ${name} ${selection} | dpkg --set-selections`,
        after: [effect(packageKind, name, { ...status, selection })],
        result,
      }),
    )
  },
})
