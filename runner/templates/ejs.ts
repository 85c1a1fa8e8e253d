import { createRequire } from 'node:module'
import { dirname, isAbsolute, join } from 'node:path'
import type { Options, TemplateFunction } from 'ejs'
import { UndefinedVariable } from '../expressions/errors.ts'
import { Evaluation } from '../expressions/evaluation.ts'
import { UnknownMet } from '../expressions/items.ts'
import { readIfThere } from '../expressions/read-if-there.ts'
import { SourceError, sourceError } from '../source/diagnostic.ts'
import { NotYet } from '../variables/not-yet.ts'
import type { Scope } from '../variables/scope.ts'
import { checkTags, syntaxErrorLine } from './ejs/check.ts'
import { EjsFailure } from './ejs/failure.ts'
import { templateLocals } from './ejs/locals.ts'
import { printable } from './ejs/printable.ts'
import { View } from './ejs/view.ts'
import { templateFacts } from './facts.ts'
import type { Rendered } from './rendered.ts'

/**
 * Renders an EJS file. Variables are there by their bare names and evaluated when used; a missing name, and null,
 * undefined, an object or a list that is printed, is an error. `<%-` is for `include()` only.
 *
 * @returns an unknown text when the template uses an unknown value, for printing or for a decision.
 * @throws UndefinedVariable, SourceError with file and line
 */
export function renderEjs(path: string, source: string, scope: Scope): Rendered {
  const evaluation = new Evaluation(scope.under(templateFacts(path, scope)))
  const view = new View(evaluation)
  try {
    return {
      text: render({ path, source, evaluation, view, extra: {}, depth: 0 }),
      secrets: [...view.secrets],
    }
  } catch (error) {
    if (!(error instanceof UnknownMet)) throw error
    return { text: error.unknown, secrets: [...view.secrets] }
  }
}

interface Job {
  readonly path: string
  readonly source: string
  readonly evaluation: Evaluation
  readonly view: View
  /** What an `include()` was given. */
  readonly extra: Readonly<Record<string, unknown>>
  readonly depth: number
}

function render(job: Job): string {
  const { path, source, evaluation, view, extra } = job
  const template = compiled(path, source)
  const include = (name: unknown, data: unknown) => includeFile(job, name, data)
  try {
    return template(templateLocals({ evaluation, view, extra, include, source }))
  } catch (error) {
    throw placed(error, job)
  }
}

const templates = new Map<string, TemplateFunction>()

function compiled(path: string, source: string): TemplateFunction {
  const key = `${path}\0${source}`
  let template = templates.get(key)
  if (template === undefined) {
    checkTags(path, source)
    try {
      // `unsafePrototypeLocals` hands the locals over as they are: they are a proxy, which a copy would empty.
      const options: Options & { unsafePrototypeLocals: boolean } = {
        filename: path,
        compileDebug: true,
        escape: printable,
        unsafePrototypeLocals: true,
      }
      template = loadEjs().compile(source, options) as TemplateFunction
    } catch (error) {
      const [message = ''] = (error as Error).message.split(/ in .* while compiling ejs|\n/)
      const line = syntaxErrorLine(source)
      throw sourceError(message, { file: path, line, column: 1 }, 'this is no valid JavaScript')
    }
    templates.set(key, template)
  }
  return template
}

let ejs: typeof import('ejs') | undefined

function loadEjs(): typeof import('ejs') {
  return (ejs ??= createRequire(import.meta.url)('ejs') as typeof import('ejs'))
}

function includeFile(job: Job, name: unknown, data: unknown): string {
  if (typeof name !== 'string') throw new EjsFailure('include() needs the path of a template')
  if (job.depth > 50) throw new EjsFailure(`include('${name}') goes round in circles`)
  const { surroundings } = job.evaluation.scope
  const directories = [dirname(job.path), ...surroundings.searchPath('templates')]
  const candidates = [name, `${name}.ejs`].flatMap((one) =>
    isAbsolute(one) ? [one] : directories.map((directory) => join(directory, one)),
  )
  for (const path of candidates) {
    const source = readIfThere(path)
    if (source === undefined) continue
    const extra = { ...job.extra, ...(data as Record<string, unknown> | undefined) }
    return render({ ...job, path, source, extra, depth: job.depth + 1 })
  }
  throw new EjsFailure(`there is no template '${name}'`, `looked in ${directories.join(', ')}`)
}

/** The error with its line, which EJS has written into the message. */
function placed(error: unknown, { path, source }: Job): unknown {
  if (error instanceof UnknownMet || error instanceof NotYet) return error
  // EJS has changed the message of an error that already had its place.
  if (error instanceof UndefinedVariable) return new UndefinedVariable(error.diagnostics[0]!)
  if (error instanceof SourceError) return new SourceError(error.diagnostics)
  if (!(error instanceof Error)) return error
  const [, lineText, message = error.message] =
    /^[^\n]*:(\d+)\n[\s\S]*?\n\n([\s\S]*)$/.exec(error.message) ?? []
  const line = lineText === undefined ? 1 : Number(lineText)
  const text = source.split('\n')[line - 1] ?? ''
  const word = error instanceof EjsFailure ? error.word : undefined
  const column = Math.max(word === undefined ? -1 : wordAt(text, word), text.search(/<%/), 0) + 1
  const location = { file: path, line, column }
  if (error instanceof EjsFailure) {
    const diagnostic = { severity: 'error', message, hint: error.hint, location } as const
    return error.undefinedName ? new UndefinedVariable(diagnostic) : new SourceError([diagnostic])
  }
  return sourceError(message, location)
}

function wordAt(text: string, word: string): number {
  const found = new RegExp(`(?<![\\w$.])${word.replace(/[$]/g, '\\$&')}(?![\\w$])`).exec(text)
  return found === null ? -1 : found.index
}
