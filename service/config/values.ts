import { isIP } from 'node:net'
import { isAbsolute } from 'node:path'
import * as z from 'zod'
import { Secret } from './secret.ts'

// Every environment variable is text; these schemas turn it into a value. Their messages complete the sentence
// "expected …", so that an error reads `PORT: expected a whole number from 0 to 65535, got "http"`.

export function whole(min: number, max: number) {
  const expected = `a whole number from ${min} to ${max}`
  return z
    .string()
    .regex(/^\d{1,12}$/, expected)
    .transform(Number)
    .refine((value) => value >= min && value <= max, expected)
}

export function oneOf<const T extends readonly [string, ...string[]]>(words: T) {
  return z.enum(words, { error: `one of ${words.join(', ')}` })
}

const truths: Record<string, boolean> = {
  true: true,
  yes: true,
  on: true,
  1: true,
  false: false,
  no: false,
  off: false,
  0: false,
}

export const truth = z.string().transform((text, context) => {
  const word = text.toLowerCase()
  if (Object.hasOwn(truths, word)) return truths[word] === true
  context.addIssue('true or false')
  return z.NEVER
})

export const absolutePath = z.string().refine(isAbsolute, 'an absolute path')

export const optionalPath = absolutePath.optional()

export const address = z
  .string()
  .refine((text) => isIP(text) !== 0 || text === 'localhost', 'an IP address or localhost')

/** Addresses and networks in CIDR notation. */
export const networks = z
  .string()
  .transform((text) => text.split(',').flatMap((each) => (each.trim() === '' ? [] : [each.trim()])))
  .refine(
    (list) => list.every(isNetwork),
    'IP addresses and networks such as 10.0.0.0/8, separated by commas',
  )

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32))
}

/** The admin API has no TLS: off the host it is reached through SSH, never by itself. */
export const loopback = z
  .string()
  .refine((text) => /^(127(\.\d{1,3}){3}|::1|localhost)$/.test(text), 'a loopback address (127.0.0.1 or ::1)')

export const secret = z
  .string()
  .transform((text) => new Secret(text))
  .optional()
