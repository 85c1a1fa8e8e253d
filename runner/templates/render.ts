import { readFileSync } from 'node:fs'
import type { Dict } from '../variables/value.ts'
import type { Scope } from '../variables/scope.ts'
import { renderEjs } from './ejs.ts'
import { jinjaOptions, renderJinja } from './jinja.ts'
import type { Rendered } from './rendered.ts'

/**
 * Renders a template file: `.ejs` as EJS, any other as Jinja.
 *
 * @param file the file's path.
 * @param options the template module's arguments; those that concern Jinja's syntax are used.
 * @throws SourceError, UndefinedVariable, and the file system's errors
 */
export function renderTemplateFile(file: string, scope: Scope, options: Dict = {}): Rendered {
  const source = readFileSync(file, 'utf8')
  return file.endsWith('.ejs')
    ? renderEjs(file, source, scope)
    : renderJinja(file, source, scope, jinjaOptions(options))
}
