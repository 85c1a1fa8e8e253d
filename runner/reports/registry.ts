import { GithubReport } from './github.ts'
import { JsonReport } from './json.ts'
import type { Report, ReportOptions } from './report.ts'
import { TextReport } from './text.ts'
import { isInteractive, TtyReport } from './tty.ts'

/** What `--output` can name. */
export const REPORT_KINDS = ['tty', 'text', 'ndjson', 'github'] as const

export type ReportKind = (typeof REPORT_KINDS)[number]

/** The view that `--output` names. What is no terminal, or a dumb one, or in CI, gets plain text instead of `tty`. */
export function createReport(kind: ReportKind, options: ReportOptions): Report {
  switch (kind) {
    case 'ndjson':
      return new JsonReport(options)
    case 'github':
      return new GithubReport(options)
    case 'tty':
      return isInteractive(options.stdout)
        ? new TtyReport(options as ReportOptions & { stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream })
        : new TextReport(options)
    default:
      return new TextReport(options)
  }
}
