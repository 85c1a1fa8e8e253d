/** What is wrong at run time in an EJS template; its line is added by whoever rendered it. */
export class EjsFailure extends Error {
  readonly hint: string | undefined
  /** The word in the line that is meant, for the column. */
  readonly word: string | undefined
  readonly undefinedName: boolean

  constructor(message: string, hint?: string, word?: string, undefinedName = false) {
    super(message)
    this.hint = hint
    this.word = word
    this.undefinedName = undefinedName
  }
}
