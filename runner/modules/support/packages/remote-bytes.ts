import { content } from '../../../resources/content.ts'
import { download } from '../../../resources/download.ts'
import type { Planning } from '../../module.ts'
import { webEnvironment } from '../environment.ts'

export interface RemoteOptions {
  readonly validate_certs?: boolean
}

/** What a host gets from a URL: its bytes, or why it cannot be had. It is fetched into the session's private directory. */
export function remoteBytes(
  url: string,
  { validate_certs: verify = true }: RemoteOptions,
  planning: Planning,
): Buffer | { readonly error: string } {
  const { state } = planning
  const fetched = state.read(download, {
    url,
    headers: {},
    timeout: 30,
    verify,
    agent: 'rehearsal',
    sum: 'sha1sum',
    ...webEnvironment(planning),
  })
  if ('error' in fetched) return fetched
  return state.read(content, fetched.path) ?? { error: 'nothing was fetched' }
}
