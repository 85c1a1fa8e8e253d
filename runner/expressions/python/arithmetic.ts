import type { BinaryOperator } from '../grammar/nodes.ts'
import { Failure, float, isTuple, tuple, type Item } from '../items.ts'
import { DateTime, TimeDelta, subtractDates } from './datetime.ts'
import { isFloat, numeric, typeName } from './numbers.ts'
import { percentFormat } from './percent.ts'

/** Python's binary operators over known, revealed operands. @throws Failure for types that do not go together. */
export function calculate(operator: BinaryOperator, left: Item, right: Item): Item {
  const x = numeric(left)
  const y = numeric(right)
  if (x !== undefined && y !== undefined) return withNumbers(operator, x, y, isFloat(left) || isFloat(right))
  const other = withOthers(operator, left, right)
  if (other !== undefined) return other
  const texts = typeof left === 'string' || typeof right === 'string'
  const hint =
    texts && operator === '+'
      ? 'join texts with `~`, or convert with `| int`'
      : texts
        ? 'convert the text with `| int` or `| float`'
        : undefined
  throw new Failure(`'${operator}' does not work on ${typeName(left)} and ${typeName(right)}`, hint)
}

function withNumbers(operator: BinaryOperator, x: number, y: number, floating: boolean): Item {
  const result = (value: number) => (floating ? float(value) : value)
  switch (operator) {
    case '+':
      return result(x + y)
    case '-':
      return result(x - y)
    case '*':
      return result(x * y)
    case '/':
      return float(x / nonZero(y))
    case '//':
      return result(Math.floor(x / nonZero(y)))
    case '%':
      return result(x - nonZero(y) * Math.floor(x / y))
    case '**':
      return floating || y < 0 ? float(x ** y) : x ** y
    default:
      return operator satisfies never
  }
}

function nonZero(divisor: number): number {
  if (divisor === 0) throw new Failure('division by zero')
  return divisor
}

function withOthers(operator: BinaryOperator, left: Item, right: Item): Item | undefined {
  if (operator === '+') {
    if (typeof left === 'string' && typeof right === 'string') return left + right
    if (Array.isArray(left) && Array.isArray(right)) {
      const joined = [...left, ...right]
      return isTuple(left) && isTuple(right) ? tuple(joined) : joined
    }
    if (left instanceof DateTime && right instanceof TimeDelta) return shift(left, right.milliseconds)
    if (left instanceof TimeDelta && right instanceof DateTime) return shift(right, left.milliseconds)
    if (left instanceof TimeDelta && right instanceof TimeDelta) {
      return new TimeDelta(left.milliseconds + right.milliseconds)
    }
  }
  if (operator === '-') {
    if (left instanceof DateTime && right instanceof DateTime) return subtractDates(left, right)
    if (left instanceof DateTime && right instanceof TimeDelta) return shift(left, -right.milliseconds)
    if (left instanceof TimeDelta && right instanceof TimeDelta) {
      return new TimeDelta(left.milliseconds - right.milliseconds)
    }
  }
  if (operator === '*') return repeat(left, right) ?? repeat(right, left)
  if (operator === '%' && typeof left === 'string') return percentFormat(left, right)
  return undefined
}

function shift({ milliseconds, offsetMinutes }: DateTime, by: number): DateTime {
  return new DateTime(milliseconds + by, offsetMinutes)
}

function repeat(sequence: Item, times: Item): Item | undefined {
  if (typeof times !== 'number' || !Number.isInteger(times)) return undefined
  const count = Math.max(0, times)
  if (typeof sequence === 'string') {
    if (sequence.length * count > 100_000_000) throw new Failure('this text would be longer than 100 MB')
    return sequence.repeat(count)
  }
  if (Array.isArray(sequence)) return Array.from({ length: count }, () => sequence).flat()
  return undefined
}
