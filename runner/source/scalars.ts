import type { Scalar } from 'yaml'
import type { Value } from '../variables/value.ts'

/**
 * Plain scalars as PyYAML, and so Ansible, reads them (YAML 1.1): `yes` is true, `0644` is octal, `1:30` is 90.
 * What only looks like a number there stays text here too (`09`, `1e3`), dates stay text, and so do whole numbers
 * that JavaScript cannot hold exactly.
 *
 * @source https://yaml.org/type/ with PyYAML's narrower patterns for bool and float
 */
export function plainScalar(text: string): Exclude<Value, symbol | object> | null {
  const first = text.charCodeAt(0)
  // Most text starts with a letter that begins no bool, null or number.
  if (first > 57 && first !== 126 && !/^[yYnNtTfFoO]/.test(text)) return text
  if (text === '' || text === '~' || /^(?:null|Null|NULL)$/.test(text)) return null
  if (/^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/.test(text)) return true
  if (/^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/.test(text)) return false
  return number(text) ?? text
}

const INTEGER = /^[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)$/
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/

function number(text: string): number | undefined {
  if (INTEGER.test(text)) {
    const value = integer(text)
    return Number.isSafeInteger(value) ? value : undefined
  }
  return FLOAT.test(text) ? float(text) : undefined
}

function integer(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1
  const digits = text.replace(/^[-+]/, '').replaceAll('_', '')
  if (digits.includes(':')) return sign * sexagesimal(digits)
  if (/^0[0-9]/.test(digits)) return sign * Number.parseInt(digits, 8)
  return sign * Number(digits)
}

function float(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1
  const digits = text.replace(/^[-+]/, '').replaceAll('_', '').toLowerCase()
  if (digits === '.inf') return sign * Number.POSITIVE_INFINITY
  if (digits === '.nan') return Number.NaN
  return sign * (digits.includes(':') ? sexagesimal(digits) : Number(digits))
}

function sexagesimal(digits: string): number {
  return digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
}

/** The text that a dictionary's key becomes, as Python's `str` would show it: `80:` is "80", `on:` is "True". */
export function keyName(node: Scalar | null | undefined): string | undefined {
  if (node === null || node === undefined) return 'None'
  if (!('value' in node) || 'items' in node || typeof node.value !== 'string') return undefined
  if (node.type !== 'PLAIN' || node.tag === '!' || node.tag === 'tag:yaml.org,2002:str') return node.value
  const value = plainScalar(node.value)
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return String(value)
}
