import { expect, test } from 'vitest'
import { presentPath } from '../../runner/host/files.ts'
import { State } from '../../runner/host/state.ts'
import { Machine } from '../../runner/packages/machine.ts'
import { programs } from '../../runner/packages/programs/table.ts'
import { parseShell } from '../../runner/packages/sh/parser.ts'
import { Shell } from '../../runner/packages/sh/shell.ts'
import { path } from '../../runner/resources/path.ts'
import { resource } from '../../runner/resources/resource.ts'
import { unitFiles } from '../../runner/resources/unit-files.ts'

const SCRIPT = `if [ -d /run/systemd/system ]; then
  systemctl --system daemon-reload >/dev/null || true
fi`

/** A host on which unit files have changed since systemd read them. */
function machine({ systemd }: { readonly systemd: boolean }): Machine {
  const state = new State()
  const directories = ['/', '/run', '/run/systemd', '/run/systemd/system']
  state.observe(
    [...directories.map((each) => resource(path, each)), resource(unitFiles, 'system')],
    [
      ...directories.map((each, depth) =>
        systemd || depth < 2
          ? presentPath({ type: 'directory', mode: 0o755, owner: 'root', group: 'root' })
          : { type: 'absent' },
      ),
      { stale: true },
    ],
  )
  return new Machine(state)
}

test.each([
  ['where systemd runs', true, false],
  ['and nothing where it does not', false, true],
])("a package's daemon-reload takes in unit files that were changed by hand, %s", (_, systemd, stale) => {
  const host = machine({ systemd })
  const shell = new Shell(host, new Map(Object.entries(programs)))
  shell.output(parseShell(SCRIPT))
  expect(host.misses).toEqual([])
  expect(host.state.read(unitFiles, 'system').stale).toBe(stale)
})
