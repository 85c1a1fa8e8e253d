/** The syntax tree of an expression. `at` is an offset in the source text. */
export type Node =
  | { kind: 'constant'; at: number; value: null | boolean | number | string }
  | { kind: 'float'; at: number; value: number }
  /** A string literal that itself holds `{{ … }}`, as old conditions and lookups have them; a lookup evaluates it. */
  | { kind: 'embedded'; at: number; source: string; offset: number; lazy: boolean }
  | { kind: 'name'; at: number; name: string }
  | { kind: 'list'; at: number; items: Node[] }
  | { kind: 'tuple'; at: number; items: Node[] }
  | { kind: 'dict'; at: number; entries: [Node, Node][] }
  | { kind: 'not'; at: number; operand: Node }
  | { kind: 'sign'; at: number; negative: boolean; operand: Node }
  | { kind: 'logic'; at: number; operator: 'and' | 'or'; left: Node; right: Node }
  | { kind: 'binary'; at: number; operator: BinaryOperator; left: Node; right: Node }
  | { kind: 'concat'; at: number; parts: Node[] }
  | {
      kind: 'compare'
      at: number
      first: Node
      rest: { operator: CompareOperator; operand: Node; at: number }[]
    }
  | { kind: 'condition'; at: number; test: Node; value: Node; otherwise: Node | undefined }
  | { kind: 'attribute'; at: number; object: Node; name: string }
  | { kind: 'item'; at: number; object: Node; key: Node }
  | { kind: 'slice'; at: number; object: Node; start?: Node; stop?: Node; step?: Node }
  | { kind: 'call'; at: number; callee: Node; arguments: Arguments }
  | { kind: 'filter'; at: number; name: string; input: Node | undefined; arguments: Arguments }
  | { kind: 'test'; at: number; name: string; input: Node; arguments: Arguments }

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**'
export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in'

export interface Arguments {
  readonly positional: Node[]
  readonly named: [string, Node][]
  readonly spread?: Node
  readonly spreadNamed?: Node
}

/** What a name in front of `=` in a statement may be. */
export type Target =
  | { kind: 'name'; at: number; name: string }
  | { kind: 'tuple'; at: number; items: Target[] }
  | { kind: 'attribute'; at: number; object: string; name: string }

export interface Parameter {
  readonly name: string
  readonly fallback: Node | undefined
}

/** The parts of a template, in the order of its text. */
export type Part =
  | { kind: 'text'; at: number; text: string }
  | { kind: 'print'; at: number; expression: Node }
  | { kind: 'if'; at: number; branches: { test: Node; body: Part[] }[]; otherwise: Part[] }
  | {
      kind: 'for'
      at: number
      target: Target
      iterable: Node
      filter: Node | undefined
      recursive: boolean
      body: Part[]
      otherwise: Part[]
    }
  | { kind: 'set'; at: number; target: Target; value: Node }
  | { kind: 'setBlock'; at: number; target: Target; filter: Node | undefined; body: Part[] }
  | { kind: 'macro'; at: number; name: string; parameters: Parameter[]; body: Part[] }
  | { kind: 'callBlock'; at: number; call: Node; parameters: Parameter[]; body: Part[] }
  | { kind: 'filterBlock'; at: number; filter: Node; body: Part[] }
  | { kind: 'with'; at: number; bindings: [Target, Node][]; body: Part[] }
  | { kind: 'block'; at: number; name: string; scoped: boolean; required: boolean; body: Part[] }
  | { kind: 'extends'; at: number; template: Node }
  | { kind: 'include'; at: number; template: Node; ignoreMissing: boolean; withContext: boolean }
  | { kind: 'import'; at: number; template: Node; name: string; withContext: boolean }
  | { kind: 'from'; at: number; template: Node; names: [string, string][]; withContext: boolean }
  | { kind: 'do'; at: number; expression: Node }
  | { kind: 'break'; at: number }
  | { kind: 'continue'; at: number }
