import { inOrder } from '../format.ts'
import type { Diagnostic } from '../diagnostic.ts'
import type { Play } from '../model.ts'
import { checkEjsTemplates } from './ejs.ts'
import { checkExpressions } from './expressions.ts'
import { checkFiles } from './files.ts'
import { checkHandlers } from './handlers.ts'
import { checkModes } from './modes.ts'
import type { LintOptions } from './options.ts'
import { checkReachable } from './reachable.ts'
import { checkVariables } from './variables.ts'

const CHECKS = [
  checkExpressions,
  checkVariables,
  checkHandlers,
  checkFiles,
  checkModes,
  checkEjsTemplates,
  checkReachable,
]

/**
 * What can be found wrong with plays without any host. Load them with `ahead: 'all'`, so that what is included is
 * looked at too. What loading refuses (unknown modules, arguments, keywords, roles) is not repeated here.
 */
export function lint(plays: readonly Play[], options: LintOptions): Diagnostic[] {
  return inOrder(CHECKS.flatMap((check) => check(plays, options)))
}
