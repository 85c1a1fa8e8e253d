import type { Location } from '../source/location.ts'

/**
 * Text that an author wrote and that holds `{{ … }}` or `{% … %}`: the only text that is ever evaluated.
 * A string that came from anywhere else (a host, a lookup, an earlier evaluation) is a plain `string`, and so stays
 * data whatever it holds. Trust is a type.
 */
export class Template {
  readonly source: string
  readonly location: Location

  constructor(source: string, location: Location) {
    this.source = source
    this.location = location
  }

  toString(): string {
    return this.source
  }

  toJSON(): string {
    return this.source
  }
}

/** Whether author's text holds anything to evaluate. */
export function isTemplateSource(text: string): boolean {
  return text.includes('{{') || text.includes('{%') || text.includes('{#')
}
