import { UndefinedVariable } from '../expressions/errors.ts'
import { evaluate, evaluateCondition } from '../expressions/evaluate.ts'
import { Failure } from '../expressions/items.ts'
import { Miss, ReadDenied, UnknownRead } from '../host/misses.ts'
import { AuthorFileMissing } from '../modules/author-files.ts'
import type { AnyModule, Module } from '../modules/module.ts'
import { normalizeArguments } from '../modules/normalize.ts'
import { failed, type Outcome, type Undecided } from '../modules/outcome.ts'
import { planWithFlags } from '../modules/support/flags.ts'
import { parseFreeForm } from '../source/freeform.ts'
import { SourceError, sourceError } from '../source/diagnostic.ts'
import { accumulated, type Node, type Task } from '../source/model.ts'
import type { Scope } from '../variables/scope.ts'
import { isTemplateSource, Template } from '../variables/template.ts'
import { mergeUnknown, Unknown } from '../variables/unknown.ts'
import { asList, type Dict, isDict, omit, own, type Value } from '../variables/value.ts'
import { mentionsOf } from './mentions.ts'
import { moduleDefaults } from './module-defaults.ts'
import { TaskPlanning, type PlanningOptions } from './planning.ts'
import { findUnknowns, reveal } from './reveal.ts'
import { textOf } from '../variables/text.ts'

/** What `when` says: the first condition that is false, or that it cannot be told. */
export type Decision =
  | { readonly go: true; readonly maybe?: Unknown }
  | { readonly go: false; readonly condition: string | boolean }

/** Evaluates every `when` around a node, the outermost first. */
export function decide(node: Node, scope: Scope): Decision {
  const unknowns: Unknown[] = []
  for (const { value, node: at } of accumulated(node, 'when')) {
    for (const condition of asList(value)) {
      const answer = holds(condition, at, scope)
      if (answer === false) return { go: false, condition: condition === false ? false : textOf(condition) }
      if (answer instanceof Unknown) unknowns.push(answer)
    }
  }
  return { go: true, maybe: unknowns.length > 0 ? mergeUnknown(unknowns) : undefined }
}

// A condition is no option of the task: what is undefined in it is told as it is.
function holds(condition: Value, at: Node, scope: Scope): boolean | Unknown {
  try {
    return evaluateCondition(condition, at.locate('when'), scope)
  } catch (error) {
    if (error instanceof UndefinedVariable) throw new SourceError(error.diagnostics)
    throw error
  }
}

/**
 * Works out what a module would do: evaluates the arguments, checks them, and plans. Pure but for the author's files;
 * throws `Miss` for what must be read first, `SourceError` where an expression is wrong.
 */
export function prepare(task: Task, module: AnyModule, options: PlanningOptions): Outcome {
  const raw = argumentsOf(task, module, options)
  if (raw instanceof Unknown) return undecidedFor(module, raw, {})
  const unknowns = Object.entries(raw)
    .filter(([name]) => !takesUnknown(module, name))
    .flatMap(([, value]) => findUnknowns(value))
  const normal = normalizeArguments(module, raw)
  if (unknowns.length > 0)
    return undecidedFor(module, mergeUnknown(unknowns), 'errors' in normal ? raw : normal.args)
  if ('errors' in normal) return failed(normal.errors.join('\n'))
  return plan(module, normal.args, options)
}

function plan(module: Module, args: Dict, options: PlanningOptions): Outcome {
  const planning = new TaskPlanning(options)
  try {
    planning.state.takePresumptions()
    const reads = module.reads?.(args as never)
    if (reads) planning.state.want(reads)
    const outcome = planWithFlags(module, args, planning)
    const presumptions = planning.state.takePresumptions()
    if (outcome.type === 'opaque') return { ...outcome, mentions: mentionsOf(args) }
    if (outcome.type === 'undecided')
      return looks(module)
        ? { ...outcome, after: outcome.after ?? [] }
        : { ...outcome, ...reachOf(module, args) }
    // What is not there may have been made by a command before: only a change can go by its absence.
    return presumptions.length > 0 && outcome.type !== 'change'
      ? undecidedFor(module, mergeUnknown(presumptions), args)
      : outcome
  } catch (error) {
    if (error instanceof Miss) throw withLater(error, module, args, options)
    if (error instanceof UnknownRead) return undecidedFor(module, error.unknown, args)
    if (error instanceof ReadDenied || error instanceof AuthorFileMissing) return failed(error.message)
    if (error instanceof Failure || error instanceof RangeError) return failed(error.message)
    throw error
  }
}

function withLater({ resources }: Miss, module: Module, args: Dict, { state, user }: PlanningOptions): Miss {
  const later = module.readsLater?.(args as never, user) ?? []
  return new Miss([...resources, ...later.filter(({ kind, key }) => state.observed(kind, key) === undefined)])
}

/** Cannot be told; nor, unless the module only looks, what becomes of all that its arguments name. */
function undecidedFor(module: AnyModule, { because }: Unknown, args: Dict): Undecided {
  return looks(module)
    ? { type: 'undecided', because, after: [] }
    : { type: 'undecided', because, ...reachOf(module, args) }
}

// What may be in doubt after a task that cannot be told: the paths that it keeps to, or whatever its words name.
function reachOf({ touches = [] }: AnyModule, args: Dict): Pick<Undecided, 'mentions' | 'declared'> {
  const paths = touches.map((name) => own(args, name)).filter((each) => each !== undefined)
  const known = paths.filter((each) => typeof each === 'string')
  return known.length > 0 && known.length === paths.length
    ? { mentions: known, declared: true }
    : { mentions: mentionsOf(args) }
}

function looks({ looksOnly, controllerOnly }: AnyModule): boolean {
  return looksOnly === true || controllerOnly === true
}

/** The arguments, evaluated but for the bare expressions, secrets revealed and known to the redactor. */
export function argumentsOf(
  task: Task,
  module: AnyModule,
  { scope, announce }: Pick<PlanningOptions, 'scope' | 'announce'>,
): Dict | Unknown {
  const merged = new Map<string, Value>(moduleDefaults(task, module, scope))
  if (task.argsTemplate) {
    const whole = evaluate(task.argsTemplate, scope)
    if (whole instanceof Unknown) return whole
    for (const [name, value] of writtenPairs(whole, task)) merged.set(name, value)
  }
  for (const written of Object.keys(task.args)) {
    const name = nameOf(written, task, scope)
    if (name instanceof Unknown) return name
    merged.set(name, own(task.args, written)!)
  }
  const isKept = (name: string) => module.keepsSecrets === true || module.expressions?.includes(name) === true
  const evaluated: [string, Value][] = []
  for (const [name, value] of merged) {
    const result = module.expressions?.includes(name) ? value : evaluate(value, scope)
    if (result !== omit) evaluated.push([name, isKept(name) ? result : reveal(result, announce)])
  }
  return Object.fromEntries(evaluated)
}

/** The author may have written a template for a name: `set_fact: {"{{ item }}_port": 80}`. */
function nameOf(written: string, task: Task, scope: Scope): string | Unknown {
  if (!isTemplateSource(written)) return written
  const name = evaluate(new Template(written, task.locateArgument(written)), scope)
  return name instanceof Unknown ? name : textOf(name)
}

// A template for all arguments gives a dictionary, or `name=value` as text.
function writtenPairs(whole: Value, task: Task): [string, Value][] {
  if (isDict(whole)) return Object.entries(whole)
  if (typeof whole !== 'string') return []
  const { pairs, rest } = parseFreeForm(whole)
  if (rest.trim() !== '') {
    const place = task.locateArgument('')
    throw sourceError(
      `invalid or malformed argument: '${rest.trim()}'`,
      place,
      'write name=value, or a dictionary',
    )
  }
  return pairs.map(({ key, value }) => [key, value])
}

function takesUnknown({ takesUnknown: names = [] }: AnyModule, name: string): boolean {
  return names.includes(name) || names.includes('*')
}
