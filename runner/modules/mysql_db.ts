import { identifier, literal, mysqlDatabase } from '../resources/mysql.ts'
import { sh } from '../transport/shell.ts'
import { args, bool, choice, item, list, optional, path, text } from './arguments.ts'
import { defineModule, type Planning } from './module.ts'
import { failed } from './outcome.ts'
import { hostPath } from './support/host-path.ts'
import { loginArguments, onMysql, onServerAlways, serverOf } from './support/mysql.ts'
import { onServer } from './support/on-server.ts'
import { sequence } from './support/sequence.ts'

/** @source https://docs.ansible.com/ansible/latest/collections/community/mysql/mysql_db_module.html */
export default defineModule({
  name: 'mysql_db',
  summary: 'Makes and drops databases of MariaDB and MySQL, and reads statements into them.',
  preview: 'What `import` comes to is unknown.',
  args: args({
    name: list(item.text, 'The databases.', { aliases: ['db'] }),
    state: choice(['absent', 'dump', 'import', 'present'], 'Not: dump.', { default: 'present' }),
    encoding: text('The encoding of new ones: utf8mb4.', { default: '' }),
    collation: text('The order of letters of new ones.', { default: '' }),
    target: optional(path('The file on the host that import reads; .gz, .bz2 and .xz are unpacked.')),
    force: bool('Go on after errors of an import.', { default: false }),
    ...loginArguments,
  }),
  plan: (given, planning) => {
    const { name: names, state, encoding, collation, target } = given
    const server = serverOf(given, planning)
    const result = { db: names.join(' '), db_list: names }
    if (state === 'dump') return failed('state=dump is not supported: use a command', result)
    if (state === 'import') {
      if (target === undefined) return failed('with state=import target is required', result)
      const file = hostPath(target, planning)
      const [name] = names
      if (names.length !== 1) return failed('state=import needs exactly one database', result)
      if (!planning.files.exists(file)) return failed(`target ${target} does not exist on the host`, result)
      const program = { gz: 'zcat', bz2: 'bzcat', xz: 'xzcat' }[/\.(\w+)$/.exec(file)?.[1] ?? ''] ?? 'cat'
      const words = [...(given.force ? ['--force'] : []), ...(name === 'all' ? [] : [name!])]
      return onServerAlways(
        server,
        `the import of ${target}`,
        // What cannot be read to its end is no import, though the client knows nothing of it.
        sh`{ ${program} -- ${file} || : > "$settings.broken"; } | "$client" "--defaults-extra-file=$settings" ${words} || exit
[ ! -e "$settings.broken" ]`,
        result,
      )
    }
    if (names.includes('all')) return failed('name=all is not allowed unless state is import', result)
    return sequence(
      planning,
      names.map(
        (name) => (inside: Planning) =>
          onServer(onMysql(mysqlDatabase, { server, name }, name), result, inside, (before) => {
            if ((before === null) === (state === 'absent')) return { statements: [], after: before, diff: [] }
            if (state === 'absent')
              return {
                statements: [`drop database ${identifier(name)}`],
                after: null,
                diff: [{ name: 'state', before: 'present', after: 'absent' }],
              }
            const options = [
              ...(encoding === '' ? [] : [`character set ${literal(encoding)}`]),
              ...(collation === '' ? [] : [`collate ${literal(collation)}`]),
            ]
            return {
              statements: [['create database', identifier(name), ...options].join(' ')],
              after: { encoding, collation },
              diff: [{ name: 'state', before: 'absent', after: 'present' }],
            }
          }),
      ),
      () => result,
    )
  },
})
