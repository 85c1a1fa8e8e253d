import { readFileSync } from 'node:fs'
import { sourceError } from '../source/diagnostic.ts'
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
  const written = readFileSync(file, 'utf8')
  const vaulted = written.startsWith('$ANSIBLE_VAULT;')
  const source = vaulted ? opened(file, written, scope) : written
  const rendered = file.endsWith('.ejs')
    ? renderEjs(file, source, scope)
    : renderJinja(file, source, scope, jinjaOptions(options))
  // Whoever vaults a template means all that is in it.
  return vaulted ? { ...rendered, secrets: [...rendered.secrets, ...secretLines(rendered.text)] } : rendered
}

function opened(file: string, vaulted: string, { surroundings }: Scope): string {
  const place = { file, line: 1, column: 1 }
  if (!surroundings.decrypt)
    throw sourceError('the template is vaulted, and there is no vault password', place)
  try {
    return surroundings.decrypt(vaulted)
  } catch (error) {
    throw sourceError(`the template cannot be taken out of its vault: ${(error as Error).message}`, place)
  }
}

/** The whole, and every line by itself: a diff shows lines. */
function secretLines(text: Rendered['text']): string[] {
  if (typeof text !== 'string') return []
  return [text.trim(), ...text.split('\n').map((line) => line.trim())].filter((line) => line.length > 3)
}
