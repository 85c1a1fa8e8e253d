/** What a shell script is made of, after POSIX. */
export type Command =
  | { readonly type: 'list'; readonly items: readonly Command[] }
  | { readonly type: 'and' | 'or'; readonly left: Command; readonly right: Command }
  | { readonly type: 'not'; readonly command: Command }
  | { readonly type: 'pipe'; readonly commands: readonly Command[] }
  | SimpleCommand
  | {
      readonly type: 'group' | 'subshell'
      readonly body: Command
      readonly redirections: readonly Redirection[]
    }
  | {
      readonly type: 'if'
      readonly branches: readonly { readonly condition: Command; readonly body: Command }[]
      readonly otherwise?: Command
    }
  | { readonly type: 'for'; readonly name: string; readonly words?: readonly Word[]; readonly body: Command }
  | { readonly type: 'while'; readonly until: boolean; readonly condition: Command; readonly body: Command }
  | {
      readonly type: 'case'
      readonly word: Word
      readonly clauses: readonly { readonly patterns: readonly Word[]; readonly body: Command }[]
    }
  | { readonly type: 'function'; readonly name: string; readonly body: Command }

export interface SimpleCommand {
  readonly type: 'simple'
  readonly assignments: readonly { readonly name: string; readonly value: Word }[]
  readonly words: readonly Word[]
  readonly redirections: readonly Redirection[]
}

export interface Redirection {
  readonly operator: '<' | '>' | '>>' | '>|' | '<>' | '>&' | '<&' | '<<'
  readonly descriptor: number
  /** A file, a descriptor's number, or a here-document's text. */
  readonly target: Word
}

export type Word = readonly Part[]

export type Part =
  | { readonly type: 'text'; readonly text: string; readonly quoted: boolean }
  | {
      readonly type: 'variable'
      readonly name: string
      /** `:-`, `-`, `:=`, `=`, `:+`, `+`, `:?`, `?`, `#`, `##`, `%`, `%%`, or `length`. */
      readonly operator?: string
      readonly operand?: Word
      readonly quoted: boolean
    }
  | { readonly type: 'command'; readonly body: Command; readonly quoted: boolean }
  | { readonly type: 'arithmetic'; readonly expression: Word; readonly quoted: boolean }

/** The script cannot be understood. */
export class ShellSyntaxError extends Error {
  override readonly name = 'ShellSyntaxError'
}
