/** A place in a source file. Line and column count from 1. */
export interface Location {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** `roles/nginx/tasks/main.yml:12:7` */
export function formatLocation({ file, line, column }: Location): string {
  return `${file}:${line}:${column}`
}
