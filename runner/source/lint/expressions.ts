import { namesIn, namesInExpression } from '../../expressions/names.ts'
import { Template } from '../../variables/template.ts'
import { SourceError, type Diagnostic } from '../diagnostic.ts'
import type { Play } from '../model.ts'
import type { LintOptions } from './options.ts'
import { textsOf, type Text } from './texts.ts'

/** Templates and conditions that are none. */
export function checkExpressions(plays: readonly Play[], { modules }: LintOptions): Diagnostic[] {
  return plays.flatMap((play) =>
    [...textsOf(play, modules)].flatMap((text) => {
      const found = namesOf(text)
      return found instanceof SourceError ? found.diagnostics : []
    }),
  )
}

/** The variables that a text mentions, or why it cannot be read. */
export function namesOf({
  source,
  location,
  bare,
}: Pick<Text, 'source' | 'location' | 'bare'>): Set<string> | SourceError {
  try {
    return bare ? namesInExpression(source, location) : namesIn(new Template(source, location))
  } catch (error) {
    if (error instanceof SourceError) return error
    throw error
  }
}
