import { Secret } from '../variables/secret.ts'
import type { Frame } from './frame.ts'
import type { Node } from './grammar/nodes.ts'
import { Undefined, type Item } from './items.ts'
import { isMapping, keysOf } from './mapping.ts'
import { didYouMean } from './nearest.ts'
import { typeName } from './python/numbers.ts'
import { printed } from './python/text.ts'

/** A name that is neither variable nor function. */
export function undefinedName(name: string, at: number, frame: Frame): Undefined {
  const { evaluation, locals } = frame
  return new Undefined(`'${name}' is undefined`, () => evaluation.suggest(name, locals), undefined, at)
}

/** An attribute or element that is not there. */
export function missing(node: Node, object: Item, key: Item): Undefined {
  const path = pathOf(node)
  const shown = key instanceof Secret ? 'such a key' : typeof key === 'string' ? `'${key}'` : printed(key)
  const what = Array.isArray(object)
    ? `list object has no element ${shown}: it has ${object.length}`
    : `object of type '${typeName(object)}' has no attribute ${shown}`
  const message = path === undefined ? `undefined: ${what}` : `'${path}' is undefined: ${what}`
  const hint = () => (isMapping(object) ? keysHint(keysOf(object), key) : undefined)
  return new Undefined(message, hint, undefined, node.at)
}

function keysHint(keys: readonly string[], key: Item): string | undefined {
  if (keys.length === 0) return 'it is empty'
  if (keys.length <= 12) return `it has ${keys.map((name) => `'${name}'`).join(', ')}`
  return typeof key === 'string' ? didYouMean(key, keys) : undefined
}

/** `foo.bar[0]`, as the author wrote it; undefined for what is no plain path. */
function pathOf(node: Node): string | undefined {
  if (node.kind === 'name') return node.name
  if (node.kind === 'attribute') {
    const object = pathOf(node.object)
    return object === undefined ? undefined : `${object}.${node.name}`
  }
  if (node.kind !== 'item') return undefined
  const object = pathOf(node.object)
  const key = node.key.kind === 'constant' ? JSON.stringify(node.key.value) : pathOf(node.key)
  return object === undefined || key === undefined ? undefined : `${object}[${key.replaceAll('"', "'")}]`
}
