import { readFileSync } from 'node:fs'
import type { Scope } from '../variables/scope.ts'
import type { Dict } from '../variables/value.ts'
import { renderEjs } from './ejs.ts'
import { renderJinja } from './jinja.ts'
import type { Rendered } from './rendered.ts'

/** Renders an author's template file: EJS when it is named `.ejs`, Jinja otherwise, as in Ansible. */
export function renderTemplateFile(path: string, scope: Scope, options: Dict = {}): Rendered {
  const source = readFileSync(path, 'utf8')
  return path.endsWith('.ejs') ? renderEjs(path, source, scope) : renderJinja(path, source, scope, options)
}
