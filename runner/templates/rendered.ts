import type { Unknown } from '../variables/unknown.ts'

/** A rendered file. */
export interface Rendered {
  /** The text with its secrets in clear, or unknown when something unknown stands in it. */
  readonly text: string | Unknown
  /** The secrets that the text shows, for whoever prints it to mask. */
  readonly secrets: string[]
}
