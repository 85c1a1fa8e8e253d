import { escapeLine } from '../reports/escape.ts'
import type { Redactor } from '../reports/redact.ts'
import type { Play } from '../source/model.ts'
import type { Layer } from '../variables/scope.ts'
import { Secret } from '../variables/secret.ts'
import { type Dict, isDict, own } from '../variables/value.ts'
import { askSecret } from '../vault/prompt.ts'
import { textOf } from '../variables/text.ts'
import type { RunFlags } from './run-flags.ts'

/** Asks for a password on the terminal, without showing it. */
export async function askPassword(question: string): Promise<string> {
  return askSecret(question)
}

/** The passwords that `-k` and `-K` ask for. */
export async function askForSecrets(
  flags: RunFlags,
  redactor: Redactor,
): Promise<{ connection?: string; become?: string }> {
  const connection = flags.askPass ? await askPassword('SSH password: ') : undefined
  const become = flags.askBecomePass
    ? (await askPassword('BECOME password[defaults to SSH password]: ')) || connection
    : undefined
  for (const secret of [connection, become]) if (secret) redactor.add(secret)
  return { connection, become }
}

/**
 * The variables of `vars_prompt`; those that the command line gives are not asked for.
 *
 * @source https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_prompts.html
 */
export async function promptForVariables(play: Play, extraVars: Layer, redactor: Redactor): Promise<Dict> {
  const prompts = play.keywords['vars_prompt']
  const answers: Dict = {}
  for (const prompt of Array.isArray(prompts) ? prompts : []) {
    if (!isDict(prompt)) continue
    const name = textOf(own(prompt, 'name'))
    if (extraVars.get(name) !== undefined) continue
    const hidden = own(prompt, 'private') !== false
    const usual = own(prompt, 'default')
    const question =
      textOf(own(prompt, 'prompt') ?? name) +
      (usual === undefined ? ': ' : ` [${hidden ? '***' : textOf(usual)}]: `)
    const answer = process.stdin.isTTY ? (hidden ? await askSecret(question) : await askLine(question)) : ''
    const value = answer === '' && usual !== undefined ? textOf(usual) : answer
    if (hidden && value !== '') redactor.add(value)
    answers[name] = hidden && value !== '' ? new Secret(value) : value
  }
  return answers
}

/** Asks before a task (`--step`); without a terminal, as at the end of what was typed, nothing runs. */
export async function confirmTask(task: string): Promise<'yes' | 'no' | 'continue'> {
  const answer = await askLine(`Perform task: TASK: ${escapeLine(task)} (N)o/(y)es/(c)ontinue: `)
  if (/^y/i.test(answer)) return 'yes'
  return /^c/i.test(answer) ? 'continue' : 'no'
}

async function askLine(question: string): Promise<string> {
  return process.stdin.isTTY ? askTerminal(question) : askInput(question)
}

async function askTerminal(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    // At the end of what is typed (Ctrl-D) nobody answers any more.
    const end = new Promise<string>((answer) => void terminal.once('close', () => answer('')))
    return await Promise.race([terminal.question(question), end])
  } finally {
    terminal.close()
  }
}

/** The lines of what is piped in; one reader for all of them, as it reads ahead. */
let input: AsyncIterator<string> | undefined

async function askInput(question: string): Promise<string> {
  const { createInterface } = await import('node:readline')
  process.stderr.write(question)
  input ??= createInterface({ input: process.stdin })[Symbol.asyncIterator]()
  process.stdin.ref?.()
  const line = await input.next()
  process.stdin.unref?.()
  return line.done === true ? '' : line.value
}
