import { EjsFailure } from './failure.ts'

/**
 * What `<%= … %>` writes: text and numbers as they are, `true` and `false`.
 * @throws EjsFailure for everything that would write nonsense into a file.
 */
export function printable(value?: unknown): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'boolean':
    case 'bigint':
      return String(value)
    case 'number':
      if (Number.isFinite(value)) return String(value)
      throw new EjsFailure(`this prints ${value}`, 'something here is no number')
    case 'undefined':
      throw new EjsFailure(
        'this prints undefined',
        'a property is missing; give a default: `<%= value ?? "default" %>`',
      )
    case 'object':
      if (value === null)
        throw new EjsFailure('this prints null', 'give a default: `<%= value ?? "default" %>`')
      if (Array.isArray(value))
        throw new EjsFailure('this prints a list', "join it: `<%= list.join(', ') %>`")
      throw new EjsFailure('this prints an object', 'name one of its properties, or use `JSON.stringify()`')
    default:
      throw new EjsFailure(`this prints a ${typeof value}`, 'call it, or name a value')
  }
}
