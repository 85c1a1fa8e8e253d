import type { Template } from '../variables/template.ts'
import type { Location } from '../source/location.ts'
import { globals } from './globals.ts'
import type { Arguments, Node, Parameter, Part, Target } from './grammar/nodes.ts'
import { yamlSyntax, type Syntax } from './grammar/template.ts'
import { parsed, parsedCondition } from './parsed.ts'
import { placed } from './placed.ts'

/**
 * The free names of a template: the variables that it needs from outside. Names that the template sets itself and
 * the global functions are not among them; names that are only asked for with `is defined` or `default` are.
 * @throws SourceError for text that is no template
 */
export function namesIn(template: Template, syntax: Syntax = yamlSyntax): Set<string> {
  return collect(template, (names) => names.body(parsed(template.source, syntax).parts))
}

/** The free names of a condition or bare expression. @throws SourceError */
export function namesInExpression(source: string, location: Location): Set<string> {
  return collect({ source, location }, (names) => names.node(parsedCondition(source)))
}

function collect(origin: { source: string; location: Location }, walk: (names: Names) => void): Set<string> {
  const names = new Names()
  try {
    walk(names)
  } catch (error) {
    throw placed(error, { origin, at: 0 })
  }
  return names.free
}

const alwaysKnown = new Set(['omit', 'vars', 'loop', 'caller', 'super', 'varargs', 'kwargs', 'self'])

class Names {
  readonly free: Set<string>
  readonly #bound: Set<string>

  constructor(free = new Set<string>(), bound = new Set<string>()) {
    this.free = free
    this.#bound = bound
  }

  node(node: Node | undefined): void {
    if (node === undefined) return
    switch (node.kind) {
      case 'constant':
      case 'float':
        return
      case 'name':
        this.#use(node.name)
        return
      case 'embedded':
        this.body(parsed(node.source, yamlSyntax).parts)
        return
      case 'list':
      case 'tuple':
        for (const item of node.items) this.node(item)
        return
      case 'dict':
        for (const entry of node.entries) for (const item of entry) this.node(item)
        return
      case 'not':
      case 'sign':
        this.node(node.operand)
        return
      case 'logic':
      case 'binary':
        this.node(node.left)
        this.node(node.right)
        return
      case 'concat':
        for (const part of node.parts) this.node(part)
        return
      case 'compare':
        this.node(node.first)
        for (const { operand } of node.rest) this.node(operand)
        return
      case 'condition':
        this.node(node.test)
        this.node(node.value)
        this.node(node.otherwise)
        return
      case 'attribute':
        this.node(node.object)
        return
      case 'item':
        this.node(node.object)
        this.node(node.key)
        return
      case 'slice':
        for (const part of [node.object, node.start, node.stop, node.step]) this.node(part)
        return
      case 'call':
        this.node(node.callee)
        this.#arguments(node.arguments)
        return
      case 'filter':
      case 'test':
        this.node(node.input)
        this.#arguments(node.arguments)
        return
      default:
        node satisfies never
    }
  }

  body(parts: readonly Part[]): void {
    for (const part of parts) this.#part(part)
  }

  #part(part: Part): void {
    switch (part.kind) {
      case 'text':
      case 'break':
      case 'continue':
        return
      case 'print':
      case 'do':
        this.node(part.expression)
        return
      case 'if':
        for (const { test, body } of part.branches) {
          this.node(test)
          this.body(body)
        }
        this.body(part.otherwise)
        return
      case 'for': {
        this.node(part.iterable)
        const inner = this.#inside()
        inner.#bind(part.target)
        inner.node(part.filter)
        inner.body(part.body)
        this.body(part.otherwise)
        return
      }
      case 'set':
        this.node(part.value)
        this.#bind(part.target)
        return
      case 'setBlock':
        this.node(part.filter)
        this.#inside().body(part.body)
        this.#bind(part.target)
        return
      case 'macro':
        this.#bound.add(part.name)
        this.#macro(part.parameters, part.body)
        return
      case 'callBlock':
        this.node(part.call)
        this.#macro(part.parameters, part.body)
        return
      case 'filterBlock':
        this.node(part.filter)
        this.#inside().body(part.body)
        return
      case 'with': {
        const inner = this.#inside()
        for (const [target, value] of part.bindings) {
          this.node(value)
          inner.#bind(target)
        }
        inner.body(part.body)
        return
      }
      case 'block':
        this.#inside().body(part.body)
        return
      case 'extends':
      case 'include':
        this.node(part.template)
        return
      case 'import':
        this.node(part.template)
        this.#bound.add(part.name)
        return
      case 'from':
        this.node(part.template)
        for (const [, alias] of part.names) this.#bound.add(alias)
        return
      default:
        part satisfies never
    }
  }

  #macro(parameters: readonly Parameter[], body: readonly Part[]): void {
    const inner = this.#inside()
    for (const { name, fallback } of parameters) {
      this.node(fallback)
      inner.#bound.add(name)
    }
    inner.body(body)
  }

  #arguments({ positional, named, spread, spreadNamed }: Arguments): void {
    for (const item of positional) this.node(item)
    for (const [, item] of named) this.node(item)
    this.node(spread)
    this.node(spreadNamed)
  }

  #use(name: string): void {
    if (!this.#bound.has(name) && !alwaysKnown.has(name) && !Object.hasOwn(globals, name)) this.free.add(name)
  }

  #bind(target: Target): void {
    if (target.kind === 'name') this.#bound.add(target.name)
    else if (target.kind === 'tuple') for (const item of target.items) this.#bind(item)
  }

  /** The names of a nested body: what it sets stays in it. */
  #inside(): Names {
    return new Names(this.free, new Set(this.#bound))
  }
}
