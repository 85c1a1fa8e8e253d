import { mergeUnknown, Unknown } from '../../variables/unknown.ts'

/** A text that a script handles, or that only a real run can tell. */
export type Text = string | Unknown

/** An exit status, or that only a real run can tell. */
export type Status = number | Unknown

export function joinTexts(parts: readonly Text[], separator = ''): Text {
  const unknowns = parts.filter((part) => part instanceof Unknown)
  return unknowns.length > 0 ? mergeUnknown(unknowns) : parts.join(separator)
}

/** Applies a function to a text that is known. */
export function mapText(text: Text, change: (text: string) => Text): Text {
  return text instanceof Unknown ? text : change(text)
}

export function not(status: Status): Status {
  return status instanceof Unknown ? status : status === 0 ? 1 : 0
}

/** Both, as the shell's `&&` and test's `-a`. */
export function both(left: Status, right: Status): Status {
  if (left === 0) return right
  if (!(left instanceof Unknown)) return left
  return right === 0 || right instanceof Unknown ? left : right
}

export function either(left: Status, right: Status): Status {
  if (left === 0 || right === 0) return 0
  return left instanceof Unknown ? left : right
}

export function truth(condition: boolean | Unknown): Status {
  return condition instanceof Unknown ? condition : condition ? 0 : 1
}
