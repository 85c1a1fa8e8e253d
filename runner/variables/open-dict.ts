import type { Unknown } from './unknown.ts'
import type { Dict } from './value.ts'

/** A dictionary of which only some keys are known: every other one may be there, and what it holds is unknown. */
export function openDict(known: Dict, rest: Unknown): Dict {
  return new Proxy(known, {
    get: (dict, key) => (isOpen(dict, key) ? rest : Reflect.get(dict, key)),
    has: (dict, key) => isOpen(dict, key) || Reflect.has(dict, key),
    getOwnPropertyDescriptor: (dict, key) =>
      isOpen(dict, key)
        ? { value: rest, configurable: true, enumerable: true, writable: true }
        : Reflect.getOwnPropertyDescriptor(dict, key),
  })
}

function isOpen(dict: Dict, key: string | symbol): boolean {
  return typeof key === 'string' && !Object.hasOwn(dict, key)
}
