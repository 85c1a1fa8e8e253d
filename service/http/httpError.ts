/** An error that is meant for the client: its message is shown. */
export class HttpError extends Error {
  readonly status: number
  /** A word for programs to tell errors apart. */
  readonly code: string
  readonly headers: Record<string, string>

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.name = 'HttpError'
    this.status = status
    this.code = code
    this.headers = headers
  }
}
