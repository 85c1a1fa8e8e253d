import type { Location } from '../source/location.ts'
import { SourceError, type Diagnostic } from '../source/diagnostic.ts'

/** A name, attribute or element that an expression needs and that is not there. */
export class UndefinedVariable extends SourceError {
  constructor(diagnostic: Diagnostic) {
    super([diagnostic])
  }
}

/** Author's text that is evaluated, and where it stands. */
export interface Origin {
  readonly source: string
  readonly location: Location
}

/** The place of an offset in author's text. In block scalars the column is that within the block's line. */
export function locate({ source, location }: Origin, offset: number): Location {
  let line = 0
  let lineStart = 0
  for (
    let index = source.indexOf('\n');
    index !== -1 && index < offset;
    index = source.indexOf('\n', index + 1)
  ) {
    line++
    lineStart = index + 1
  }
  const column = offset - lineStart + (line === 0 ? location.column : 1)
  return { file: location.file, line: location.line + line, column }
}
