import type { Value } from '../../variables/value.ts'
import { integer, list, strictList } from '../convert.ts'
import { Failure, type Item } from '../items.ts'
import { own, requireOwned } from '../owned.ts'
import { compare, equals } from '../python/compare.ts'
import { keep, raw, type Routines } from '../routine.ts'

/** The methods of Python's `list`. Those that change it work on lists made in the same text only. */
export const listMethods: Routines = {
  append: raw('self item', (_, self, item) =>
    change(self, 'append', (items) => void items.push(item as Value)),
  ),
  clear: raw('self', (_, self) => change(self, 'clear', (items) => void items.splice(0))),
  copy: keep('self', (_, self) => own(strictList(self).slice())),
  count: keep('self item', (_, self, item) => strictList(self).filter((one) => equals(one, item)).length),
  extend: raw('self items', (frame, self, items) => {
    return change(self, 'extend', (target) => void target.push(...list(frame.evaluation.settle(items))))
  }),
  index: keep('self item', (_, self, item) => {
    const at = strictList(self).findIndex((one) => equals(one, item))
    if (at === -1) throw new Failure('the item is not in the list')
    return at
  }),
  insert: raw('self index item', (_, self, index, item) =>
    change(self, 'insert', (items) => void items.splice(integer(index), 0, item as Value)),
  ),
  pop: raw('self index?', (_, self, index = -1) =>
    change(self, 'pop', (items) => {
      const [removed] = items.splice(integer(index), 1)
      if (removed === undefined) throw new Failure('there is no such element to pop')
      return removed
    }),
  ),
  remove: raw('self item', (_, self, item) =>
    change(self, 'remove', (items) => {
      const at = items.findIndex((one) => equals(one, item))
      if (at === -1) throw new Failure('the item is not in the list')
      items.splice(at, 1)
    }),
  ),
  reverse: raw('self', (_, self) => change(self, 'reverse', (items) => void items.reverse())),
  sort: raw('self', (_, self) => change(self, 'sort', (items) => void items.sort(compare))),
}

function change(self: Item, method: string, act: (items: Value[]) => Item | void): Item {
  const items = strictList(self)
  requireOwned(items, method)
  return act(items) ?? null
}
