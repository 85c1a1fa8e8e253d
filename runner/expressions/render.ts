import { Secret } from '../variables/secret.ts'
import { Unknown, mergeUnknown } from '../variables/unknown.ts'
import { callValue } from './call.ts'
import { list, text } from './convert.ts'
import { filterNamed } from './filters.ts'
import { Frame, Locals } from './frame.ts'
import { Namespace } from './globals.ts'
import type { Node, Part, Target } from './grammar/nodes.ts'
import { decided, defined, operand, run } from './interpret.ts'
import { Bag, Callable, Failure, Undefined, UnknownMet, otherwise, type Item } from './items.ts'
import { Loop } from './loop.ts'
import { bindMacro } from './macro.ts'
import { reveal } from './marks.ts'
import { isMapping, keysOf } from './mapping.ts'
import { Output } from './output.ts'
import { placed } from './placed.ts'
import { numeric, typeName } from './python/numbers.ts'
import { printed } from './python/text.ts'
import { findTemplate, type Loaded } from './templateFiles.ts'

/** The blocks of a template and of those that it extends, the most derived first. */
type Blocks = Map<string, { body: Part[]; frame: Frame }[]>

interface Rendering {
  readonly frame: Frame
  readonly out: Output
  readonly blocks: Blocks
  /** The template that this one extends, once its `extends` was met. */
  parent?: Loaded
}

/** What a template with statements gives: text, or the value of the only thing that it prints. */
export function renderParts(parts: readonly Part[], frame: Frame): Item {
  const out = new Output()
  renderInto(parts, frame, out)
  return out.item()
}

/** Renders a whole template, with those that it extends, into an output. */
export function renderInto(parts: readonly Part[], outer: Frame, out: Output): void {
  const blocks: Blocks = new Map()
  let frame = outer.inside()
  let current: readonly Part[] = parts
  for (;;) {
    collectBlocks(current, frame, blocks)
    const rendering: Rendering = { frame, out, blocks }
    placing(frame, () => renderBody(current, rendering))
    if (rendering.parent === undefined) return
    const { parent } = rendering
    current = parent.parts
    frame = new Frame(frame.evaluation, { origin: parent.origin, at: 0 }, frame.locals)
  }
}

/** Errors of a step get their place in the step's own text, whoever called it from another. */
function placing<T>(frame: Frame, step: () => T): T {
  try {
    return step()
  } catch (error) {
    throw placed(error, frame.spot)
  }
}

/** Control flow of `{% break %}` and `{% continue %}`. */
class LoopExit extends Error {
  readonly kind: 'break' | 'continue'

  constructor(kind: 'break' | 'continue') {
    super(kind)
    this.kind = kind
  }
}

function renderBody(parts: readonly Part[], rendering: Rendering): void {
  for (const part of parts) renderPart(part, rendering)
}

function renderPart(part: Part, rendering: Rendering): void {
  const { frame, out } = rendering
  const silent = rendering.parent !== undefined
  frame.at = part.at
  switch (part.kind) {
    case 'text':
      if (!silent) out.write(part.text)
      return
    case 'print':
      if (!silent) print(part.expression, frame, out)
      return
    case 'if': {
      const branch = part.branches.find(({ test }) => decided(test, frame))
      renderBody(branch?.body ?? part.otherwise, rendering)
      return
    }
    case 'for':
      renderFor(part, rendering)
      return
    case 'set':
      assign(part.target, run(part.value, frame), frame)
      return
    case 'setBlock':
      assign(part.target, filtered(part.filter, capture(part.body, rendering), frame), frame)
      return
    case 'with': {
      const inner = nested(rendering)
      for (const [target, value] of part.bindings) assign(target, run(value, frame), inner.frame)
      renderBody(part.body, inner)
      return
    }
    case 'filterBlock':
      printItem(filtered(part.filter, capture(part.body, rendering), frame), out)
      return
    case 'macro':
      assign({ kind: 'name', at: part.at, name: part.name }, macro(part, rendering), frame)
      return
    case 'callBlock':
      renderCall(part, rendering)
      return
    case 'block':
      if (!silent) renderBlock(part, rendering)
      return
    case 'extends': {
      const name = operand(part.template, frame)
      if (name instanceof Unknown) throw new UnknownMet(name)
      if (silent) throw new Failure('a template can extend only one other')
      rendering.parent = findTemplate([text(name, 'name of the template')], frame)!
      return
    }
    case 'include':
      renderInclude(part, rendering)
      return
    case 'import':
      assign({ kind: 'name', at: part.at, name: part.name }, importModule(part, frame), frame)
      return
    case 'from': {
      const module = importModule(part, frame)
      for (const [name, alias] of part.names) {
        const item = otherwise(
          module.get(name),
          () => new Undefined(`the imported template has no '${name}'`),
        )
        assign({ kind: 'name', at: part.at, name: alias }, item, frame)
      }
      return
    }
    case 'do':
      defined(part.expression, frame)
      return
    case 'break':
    case 'continue':
      throw new LoopExit(part.kind)
    default:
      part satisfies never
  }
}

function print(expression: Node, frame: Frame, out: Output): void {
  const item = operand(expression, frame)
  frame.at = expression.at
  printItem(item, out)
}

function printItem(item: Item, out: Output): void {
  if (item instanceof Bag || item instanceof Callable) out.write(printed(item))
  else out.print(item)
}

function nested(rendering: Rendering): Rendering {
  return { ...rendering, frame: rendering.frame.inside() }
}

/** What a body prints, as a value of its own. */
function capture(body: readonly Part[], rendering: Rendering): Item {
  const out = new Output()
  renderBody(body, { ...nested(rendering), out })
  return out.textItem()
}

function filtered(filter: Node | undefined, input: Item, frame: Frame): Item {
  if (filter === undefined) return input
  if (filter.kind !== 'filter') throw new Failure('expected a filter')
  const inner = filter.input === undefined ? input : filtered(filter.input, input, frame)
  const args = filter.arguments.positional.map((argument) => operand(argument, frame))
  const named = Object.fromEntries<Item>(
    filter.arguments.named.map(([name, node]) => [name, operand(node, frame)]),
  )
  frame.at = filter.at
  return frame.evaluation.call(
    filterNamed(filter.name, frame.evaluation.scope.surroundings),
    [inner, ...args],
    named,
    frame,
  )
}

function assign(target: Target, item: Item, frame: Frame): void {
  const { locals } = frame
  if (locals === undefined) throw new Error('a statement ran without local names')
  if (target.kind === 'name') {
    locals.values.set(target.name, item)
  } else if (target.kind === 'attribute') {
    const object = locals.get(target.object)
    frame.at = target.at
    if (!(object instanceof Namespace)) {
      throw new Failure(
        `'${target.object}' is no namespace`,
        `write \`{% set ${target.object} = namespace() %}\` first`,
      )
    }
    object.values.set(target.name, item instanceof Undefined ? item : frame.evaluation.settle(item))
  } else {
    frame.at = target.at
    const settled = frame.evaluation.settle(item)
    if (settled instanceof Unknown) {
      for (const one of target.items) assign(one, settled, frame)
      return
    }
    const values = list(settled)
    if (values.length !== target.items.length) {
      throw new Failure(`cannot take ${values.length} values apart into ${target.items.length} names`)
    }
    for (const [index, one] of target.items.entries()) assign(one, values[index]!, frame)
  }
}

function renderFor(part: Part & { kind: 'for' }, rendering: Rendering, given?: Item, depth = 0): void {
  const { frame, out } = rendering
  const iterable = otherwise(given, () => operand(part.iterable, frame))
  frame.at = part.iterable.at
  if (iterable instanceof Unknown) throw new UnknownMet(iterable)
  let items: Item[] = iterate(iterable)
  if (part.filter !== undefined) {
    const { filter } = part
    items = items.filter((item) => {
      const inner = frame.inside()
      assign(part.target, item, inner)
      return decided(filter, inner)
    })
  }
  if (items.length === 0) {
    renderBody(part.otherwise, nested(rendering))
    return
  }
  const again = (children: Item) => {
    if (!part.recursive) throw new Failure('this loop is not recursive', 'write `{% for … recursive %}`')
    const inner = new Output()
    renderFor(part, { ...rendering, out: inner }, frame.evaluation.settle(children), depth + 1)
    return inner.textItem()
  }
  const loop = new Loop(items, depth, again)
  for (; loop.index0 < items.length; loop.index0++) {
    const inner: Rendering = { ...rendering, out, frame: frame.inside() }
    inner.frame.locals!.values.set('loop', loop)
    assign(part.target, items[loop.index0]!, inner.frame)
    try {
      renderBody(part.body, inner)
    } catch (error) {
      if (!(error instanceof LoopExit)) throw error
      if (error.kind === 'break') return
    }
  }
}

function iterate(item: Item): Item[] {
  if (item instanceof Secret) return list(item.reveal()).map((one) => new Secret(text(one)))
  if (isMapping(item)) return keysOf(item)
  if (numeric(item) !== undefined || item === null)
    throw new Failure(`a ${typeName(item)} cannot be looped over`)
  return list(item)
}

function macro(part: Part & { kind: 'macro' | 'callBlock' }, rendering: Rendering): Callable {
  const name = part.kind === 'macro' ? part.name : 'caller'
  const { frame } = rendering
  return new Callable(name, (args, named) => {
    const inner = frame.inside()
    const out = new Output()
    return placing(inner, () => {
      bindMacro(name, part.parameters, args, named, inner, (node) => run(node, inner))
      renderBody(part.body, { ...rendering, frame: inner, out, parent: undefined })
      return out.textItem()
    })
  })
}

function renderCall(part: Part & { kind: 'callBlock' }, rendering: Rendering): void {
  const { call } = part
  if (call.kind !== 'call') throw new Failure('expected the call of a macro')
  const { frame, out } = rendering
  const callee = defined(call.callee, frame)
  const args = call.arguments.positional.map((argument) => operand(argument, frame))
  const named = Object.fromEntries<Item>(
    call.arguments.named.map(([name, node]) => [name, operand(node, frame)]),
  )
  frame.at = part.at
  const result = callValue(callee, undefined, args, { ...named, caller: macro(part, rendering) }, frame)
  printItem(result ?? null, out)
}

function collectBlocks(parts: readonly Part[], frame: Frame, blocks: Blocks): void {
  for (const part of parts) {
    if (part.kind === 'block') {
      const chain = blocks.get(part.name) ?? []
      chain.push({ body: part.body, frame })
      blocks.set(part.name, chain)
      collectBlocks(part.body, frame, blocks)
    } else if (part.kind === 'if') {
      for (const { body } of part.branches) collectBlocks(body, frame, blocks)
      collectBlocks(part.otherwise, frame, blocks)
    } else if ('body' in part) collectBlocks(part.body, frame, blocks)
  }
}

function renderBlock(part: Part & { kind: 'block' }, rendering: Rendering): void {
  const chain = rendering.blocks.get(part.name) ?? [{ body: part.body, frame: rendering.frame }]
  if (part.required && chain[0]!.body === part.body) {
    throw new Failure(`the block '${part.name}' is required and nothing overrides it`)
  }
  const level = (index: number, out: Output) => {
    const { body, frame } = chain[index]!
    const inner = frame.inside(rendering.frame.locals)
    inner.locals!.values.set(
      'super',
      new Callable('super', () => {
        if (index + 1 >= chain.length) throw new Failure(`the block '${part.name}' has no parent`)
        const captured = new Output()
        level(index + 1, captured)
        return captured.textItem()
      }),
    )
    placing(inner, () => renderBody(body, { frame: inner, out, blocks: rendering.blocks }))
  }
  level(0, rendering.out)
}

function renderInclude(part: Part & { kind: 'include' }, rendering: Rendering): void {
  const { frame, out } = rendering
  const names = operand(part.template, frame)
  frame.at = part.at
  if (names instanceof Unknown) throw new UnknownMet(names)
  const wanted = namesOf(names).map((name) => text(name, 'name of the template'))
  const loaded = findTemplate(wanted, frame, part.ignoreMissing)
  if (loaded === undefined) return
  const locals = part.withContext ? frame.locals : undefined
  frame.evaluation.within(loaded.origin, locals, (inner) => {
    renderInto(loaded.parts, inner, out)
    return null
  })
}

function namesOf(names: Item): Item[] {
  return Array.isArray(names) ? names : [names]
}

/** An imported template: its macros and top-level names as attributes. */
class Module extends Bag {
  readonly type = 'module'
  readonly #locals: Locals
  readonly #out: Output

  constructor(locals: Locals, out: Output) {
    super()
    this.#locals = locals
    this.#out = out
  }

  get(name: string): Item | undefined {
    return this.#locals.values.get(name)
  }

  override text(): string {
    const item = this.#out.textItem()
    if (item instanceof Unknown) throw new UnknownMet(item)
    return printed(reveal(item))
  }
}

function importModule(part: Part & { kind: 'import' | 'from' }, frame: Frame): Module {
  const name = operand(part.template, frame)
  frame.at = part.at
  if (name instanceof Unknown) throw new UnknownMet(name)
  const loaded = findTemplate([text(name, 'name of the template')], frame)!
  const locals = new Locals(part.withContext ? frame.locals : undefined)
  const out = new Output()
  const inner = new Frame(frame.evaluation, { origin: loaded.origin, at: 0 }, locals)
  placing(inner, () => renderBody(loaded.parts, { frame: inner, out, blocks: new Map() }))
  if (out.unknowns.length > 0) throw new UnknownMet(mergeUnknown(out.unknowns))
  return new Module(locals, out)
}
