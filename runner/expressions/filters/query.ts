import type { Value } from '../../variables/value.ts'
import { text } from '../convert.ts'
import { search } from '../jmespath/search.ts'
import { plain, type Routines } from '../routine.ts'

/** `community.general.json_query`. */
export const queryFilters: Routines = {
  json_query: plain('value expr', (_, value, expression) =>
    search(text(expression, 'query'), value as Value),
  ),
}
