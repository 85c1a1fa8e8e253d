import { evaluate, evaluateCondition } from '../expressions/evaluate.ts'
import { Files } from '../host/files.ts'
import type { State } from '../host/state.ts'
import { AuthorFiles } from '../modules/author-files.ts'
import type { Planning } from '../modules/module.ts'
import { identityOf } from '../host/identity-of.ts'
import type { Identity } from '../resources/identity.ts'
import type { Location } from '../source/location.ts'
import { renderTemplateFile } from '../templates/render.ts'
import type { Scope } from '../variables/scope.ts'
import { Template } from '../variables/template.ts'
import type { Unknown } from '../variables/unknown.ts'
import type { Dict, Value } from '../variables/value.ts'
import { reveal } from './reveal.ts'

export interface PlanningOptions {
  readonly state: State
  readonly files: Files
  /** The user to become, or '' for the login user. */
  readonly user: string
  readonly scope: Scope
  readonly location: Location
  readonly environment: Readonly<Record<string, string>>
  /** Hears of every secret whose plain text a module is given. */
  readonly announce: (secret: string) => void
}

/** What one task gives its module to plan with. */
export class TaskPlanning implements Planning {
  readonly state: State
  readonly files: Files
  readonly author: AuthorFiles
  readonly location: Location
  readonly environment: Readonly<Record<string, string>>
  readonly #scope: Scope
  readonly #user: string
  readonly #announce: (secret: string) => void
  readonly #options: PlanningOptions

  constructor(options: PlanningOptions) {
    const { state, files, user, scope, location, environment, announce } = options
    this.#options = options
    this.state = state
    this.files = files
    this.author = new AuthorFiles(scope.surroundings)
    this.location = location
    this.environment = environment
    this.#scope = scope
    this.#user = user
    this.#announce = announce
  }

  against(state: State): Planning {
    return new TaskPlanning({ ...this.#options, state, files: new Files(state) })
  }

  identity(): Identity {
    return identityOf(this.#user, this.state)
  }

  render(file: string, options?: Dict): { text: string | Unknown } {
    const { text, secrets } = renderTemplateFile(file, this.#scope, options)
    for (const secret of secrets) this.#announce(secret)
    return { text }
  }

  /** Text is a bare expression; a template is evaluated as it stands. */
  evaluate(expression: Value): Value {
    const value =
      typeof expression === 'string' ? new Template(`{{ ${expression} }}`, this.location) : expression
    return reveal(evaluate(value, this.#scope), this.#announce)
  }

  condition(condition: Value): boolean | Unknown {
    return evaluateCondition(condition, this.location, this.#scope)
  }

  variable(name: string): Value | undefined {
    const value = this.#scope.get(name)
    return value === undefined ? undefined : evaluate(value, this.#scope)
  }
}
