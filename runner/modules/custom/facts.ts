import { type Dict, isDict } from '../../variables/value.ts'
import type { ModuleResult } from '../outcome.ts'

/** The facts in a module's result. What they must not say of the host is the business of whoever reads them. */
export function factsOf(result: ModuleResult): Dict | undefined {
  const facts = result['ansible_facts']
  return facts !== undefined && isDict(facts) ? facts : undefined
}
