import type { Environment } from '../../resources/environment.ts'
import type { Planning } from '../module.ts'

/** Variables that say by which way the web is reached. */
export const PROXIES = /^(?:https?|ftp|all|no)_proxy$/i

/** Of the task's environment, what decides what its module finds: for the key of what is read, which then has nothing more. */
export function environmentFor(
  { environment }: Planning,
  ...relevant: readonly RegExp[]
): { readonly environment?: Environment } {
  const found = Object.entries(environment).filter(([name]) => relevant.some((pattern) => pattern.test(name)))
  return found.length === 0 ? {} : { environment: Object.fromEntries(found) }
}

/** What decides how something is fetched from the web, for the key of a download. */
export function webEnvironment(planning: Planning): { readonly environment?: Environment } {
  return environmentFor(planning, PROXIES, /^(?:HOME|NETRC|CURL_.*|SSL_CERT_.*)$/)
}
