/**
 * How a module of the author's own wants its arguments, told from the file itself:
 * - `python`: imports Ansible's `module_utils`; reads them on standard input
 * - `placeholder`: they stand in its text, in place of a mark
 * - `json`: mentions `WANT_JSON`; is given a file with JSON
 * - `binary`: no text; is given a file with JSON
 * - `words`: anything else; is given a file with `name=value` words
 * - `powershell`: for Windows, and not run here
 *
 * @source https://docs.ansible.com/ansible/latest/dev_guide/developing_program_flow_modules.html#types-of-modules
 */
export type ModuleKind = 'python' | 'placeholder' | 'json' | 'binary' | 'words' | 'powershell'

/** What stands in a module's text for its arguments as JSON. */
export const PLACEHOLDER = '<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>'

const PYTHON = /^\s*(?:from|import)\s+ansible(?:\.module_utils|_collections)\b|^\s*from\s+ansible\s+import\s/m
const POWERSHELL = /^\s*#\s*(?:Requires|AnsibleRequires)\s+-/im

export function kindOf(path: string, bytes: Buffer): ModuleKind {
  if (bytes.includes(0)) return 'binary'
  const text = bytes.toString('latin1')
  if (path.endsWith('.ps1') || POWERSHELL.test(text)) return 'powershell'
  if (PYTHON.test(text)) return 'python'
  if (text.includes(PLACEHOLDER)) return 'placeholder'
  return text.includes('WANT_JSON') ? 'json' : 'words'
}

/** The program that a text's first line names, with its arguments; undefined when there is no such line. */
export function interpreterOf(bytes: Buffer): readonly string[] | undefined {
  const end = bytes.indexOf('\n')
  const line = bytes.subarray(0, end < 0 ? bytes.length : end).toString('utf8')
  const words = line.startsWith('#!') ? line.slice(2).trim().split(/\s+/) : []
  return words[0] ? words : undefined
}
