import { asText, text } from '../convert.ts'
import { Failure, Undefined, type Item } from '../items.ts'
import { pythonRegex } from '../python/regex.ts'
import { plain, raw, type Routines } from '../routine.ts'

/** Lookups over variables and the environment. */
export const variableLookups: Routines = {
  env: plain('*terms **options', (_, terms, options) => {
    const { default: fallback } = options as Record<string, Item>
    return (terms as Item[]).map((term) => {
      const [name = ''] = text(term).split(' ')
      return process.env[name] ?? (fallback === undefined ? '' : fallback)
    }) as Item
  }),
  vars: raw('*terms **options', (frame, terms, options) => {
    const { default: fallback } = options as Record<string, Item>
    return (terms as Item[]).map((term) => {
      const name = frame.evaluation.settle(term)
      if (typeof name !== 'string') {
        throw new Failure(`Invalid setting identifier, "${asText(name)}" is not a string`)
      }
      const value = frame.evaluation.variable(name)
      if (value !== undefined && !(value instanceof Undefined)) return frame.evaluation.settle(value)
      if (fallback !== undefined) return fallback
      if (value instanceof Undefined) throw value.fail()
      throw new Failure(
        `No variable found with this name: ${name}`,
        frame.evaluation.suggest(name, frame.locals),
      )
    }) as Item
  }),
  varnames: plain('*terms', (frame, terms) => {
    const patterns = (terms as Item[]).map((term) => {
      if (typeof term !== 'string')
        throw new Failure(`Invalid setting identifier, "${asText(term)}" is not a string`)
      try {
        return pythonRegex(term, { global: false })
      } catch (error) {
        throw new Failure(`Unable to use '${term}' as a search parameter: ${(error as Error).message}`)
      }
    })
    // In the order in which they were set, the lowest precedence first.
    const { layers } = frame.evaluation.scope
    const names = [...new Set(layers.toReversed().flatMap((layer) => [...layer.names()]))]
    return patterns.flatMap((pattern) => names.filter((name) => pattern.test(name)))
  }),
}
