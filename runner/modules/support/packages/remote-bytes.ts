import { content } from '../../../resources/content.ts'
import { download } from '../../../resources/download.ts'
import type { Planning } from '../../module.ts'

export interface RemoteOptions {
  readonly validate_certs?: boolean
}

/** What a host gets from a URL: its bytes, or why it cannot be had. It is fetched into the session's private directory. */
export function remoteBytes(
  url: string,
  { validate_certs: verify = true }: RemoteOptions,
  { state }: Planning,
): Buffer | { readonly error: string } {
  const fetched = state.read(download, {
    url,
    headers: {},
    timeout: 30,
    verify,
    agent: 'rehearsal',
    sum: 'sha1sum',
  })
  if ('error' in fetched) return fetched
  return state.read(content, fetched.path) ?? { error: 'nothing was fetched' }
}
