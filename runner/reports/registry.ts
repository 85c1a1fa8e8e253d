import { JsonReport } from './json.ts'
import type { Report, ReportOptions } from './report.ts'
import { TextReport } from './text.ts'

export type ReportKind = 'text' | 'ndjson'

/** The view that `--output` names. */
export function createReport(kind: ReportKind, options: ReportOptions): Report {
  switch (kind) {
    case 'ndjson':
      return new JsonReport(options)
    default:
      return new TextReport(options)
  }
}
