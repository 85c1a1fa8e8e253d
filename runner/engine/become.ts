import { evaluate } from '../expressions/evaluate.ts'
import { sourceError } from '../source/diagnostic.ts'
import { inherited, type Node } from '../source/model.ts'
import type { Become } from '../transport/session.ts'
import type { Scope } from '../variables/scope.ts'
import { Secret } from '../variables/secret.ts'
import { omit, type Value } from '../variables/value.ts'
import type { RunOptions } from './run.ts'
import { settingOf } from './setting.ts'
import { truth } from './truth.ts'
import { textOf } from '../variables/text.ts'

/**
 * How a task becomes another user, or undefined when it stays the login user. A variable wins over a keyword, and a
 * keyword over the command line.
 *
 * @param variables where variables are looked for: those of the host that a task is delegated to. @default the scope
 * @source https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_privilege_escalation.html
 */
export function becomeOf(
  node: Node,
  scope: Scope,
  options: RunOptions,
  variables: Scope = scope,
): Become | undefined {
  const setting = (keyword: string): Value | undefined => {
    const variable = variables.get(`ansible_${keyword}`)
    const said = variable === undefined ? omit : evaluate(variable, variables)
    if (said !== omit) return said
    return settingOf(node, keyword, scope) ?? options.defaults[keyword]
  }
  if (!truth(setting('become') ?? false)) return undefined
  const text = (keyword: string) => {
    const value = setting(keyword)
    return value === undefined || value === null || value === '' ? undefined : textOf(plain(value))
  }
  const method = text('become_method')?.replace(/^(ansible\.builtin|community\.general)\./, '') ?? 'sudo'
  if (!['sudo', 'su', 'doas'].includes(method))
    throw sourceError(
      `there is no become method '${method}'`,
      (inherited(node, 'become_method')?.node ?? node).locate('become_method'),
      "it is 'sudo', 'su' or 'doas'",
    )
  return {
    user: text('become_user') ?? 'root',
    method: method as Become['method'],
    flags: text('become_flags'),
    exe: text('become_exe'),
    password: text('become_password') ?? text('become_pass') ?? options.becomePassword,
  }
}

function plain(value: Value): Value {
  return value instanceof Secret ? value.reveal() : value
}
