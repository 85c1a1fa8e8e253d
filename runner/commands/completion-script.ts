import type { Command } from 'commander'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

interface Words {
  /** `vault edit`; '' for running playbooks. */
  readonly path: string
  readonly commands: readonly Named[]
  readonly options: readonly Named[]
}

interface Named {
  readonly names: readonly string[]
  readonly description: string
  readonly takesValue: boolean
}

/** A completion script of commands, options and files, made from the program's own definitions. */
export function completionScript(shell: Shell, program: Command): string {
  const words = wordsOf(program, [])
  return shell === 'fish' ? fish(words) : bash(words, shell)
}

function wordsOf(command: Command, path: readonly string[]): Words[] {
  return [
    {
      path: path.join(' '),
      commands: command.commands.map((each) => ({
        names: [each.name()],
        description: each.description(),
        takesValue: false,
      })),
      options: command.options
        .filter((option) => !option.hidden)
        .map((option) => ({
          names: [option.short, option.long].filter((name) => name !== undefined && name !== null),
          description: option.description,
          takesValue: option.required || option.optional,
        })),
    },
    ...command.commands.flatMap((each) => wordsOf(each, [...path, each.name()])),
  ]
}

// zsh takes bash's script through bashcompinit.
function bash(words: readonly Words[], shell: 'bash' | 'zsh'): string {
  const cases = words.map(({ path, commands, options }) => {
    const all = [...commands, ...options].flatMap(({ names }) => names)
    return `    ${quoted(path)}) words=${quoted(all.join(' '))} ;;`
  })
  const paths = words.map(({ path }) => path).filter(Boolean)
  return `${shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : ''}_play() {
  local current=\${COMP_WORDS[COMP_CWORD]} path='' words='' index
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "\${path:+$path }\${COMP_WORDS[index]}" in
      ${paths.map(quoted).join('|')}) path="\${path:+$path }\${COMP_WORDS[index]}" ;;
      *) break ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=()
  if [[ $current == -* || ( $COMP_CWORD -eq $index && -n $words ) ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
  if [[ $current != -* ]]; then
    COMPREPLY+=($(compgen -f -- "$current"))
    if [[ -z $path && -d playbooks ]]; then
      COMPREPLY+=($(compgen -W "$(cd playbooks && ls -- *.yml *.yaml 2>/dev/null)" -- "$current"))
    fi
  fi
}
complete -o filenames -F _play play
`
}

function fish(words: readonly Words[]): string {
  const top = words[0]!.commands.flatMap(({ names }) => names)
  const lines = words.flatMap(({ path, commands, options }) => {
    const parts = path.split(' ').filter(Boolean)
    const condition =
      parts.length === 0
        ? `not __fish_seen_subcommand_from ${top.join(' ')}`
        : parts.map((part) => `__fish_seen_subcommand_from ${part}`).join('; and ')
    return [
      ...commands.map(
        ({ names: [name], description }) =>
          `complete -c play -n ${quoted(condition)} -a ${name} -d ${quoted(description)}`,
      ),
      ...options.map(({ names, description, takesValue }) => {
        const flags = names.map((name) =>
          name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
        )
        return `complete -c play -n ${quoted(condition)} ${flags.join(' ')}${takesValue ? ' -r' : ''} -d ${quoted(description)}`
      }),
    ]
  })
  const playbooks = `complete -c play -n ${quoted(`not __fish_seen_subcommand_from ${top.join(' ')}`)} -a '(path basename playbooks/*.yml playbooks/*.yaml 2>/dev/null)'`
  return `${[...lines, playbooks].join('\n')}\n`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
