import { expect } from 'vitest'
import { evaluate } from '../../runner/expressions/evaluate.ts'
import { SourceError } from '../../runner/source/diagnostic.ts'
import { Scope, dictLayer } from '../../runner/variables/scope.ts'
import { Template, isTemplateSource } from '../../runner/variables/template.ts'
import { isDict, type Value } from '../../runner/variables/value.ts'

export const place = { file: 'site.yml', line: 10, column: 7 }

export function template(source: string): Template {
  return new Template(source, place)
}

/** A scope over plain variables; texts with `{{ }}` are templates, as if an author had written them. */
export function scopeOf(variables: Record<string, Value>, searchPath: string[] = []): Scope {
  const surroundings = { playbookDir: searchPath[0] ?? '/nowhere', searchPath: () => searchPath }
  return new Scope([dictLayer('test', authored(variables) as Record<string, Value>)], surroundings)
}

/** A scope over facts and command output: text in it is data, whatever it holds. */
export function dataScope(variables: Record<string, Value>): Scope {
  const surroundings = { playbookDir: '/nowhere', searchPath: () => [] }
  return new Scope([dictLayer('data', variables)], surroundings)
}

function authored(value: Value): Value {
  if (typeof value === 'string') return isTemplateSource(value) ? template(value) : value
  if (Array.isArray(value)) return value.map(authored)
  if (!isDict(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, authored(one)]))
}

/** What a template gives. */
export function render(source: string, variables: Record<string, Value> = {}): Value {
  return evaluate(template(source), scopeOf(variables))
}

/** The error that a step throws, as `message (hint) at line:column`. */
export function errorOf(step: () => unknown): string {
  try {
    step()
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    const [{ message, hint, location }] = error.diagnostics as [(typeof error.diagnostics)[number]]
    const at = location === undefined ? '' : ` at ${location.line}:${location.column}`
    return message + (hint === undefined ? '' : ` (${hint})`) + at
  }
  return expect.unreachable('expected an error')
}
