import { bool, item, list, optional, path } from '../arguments.ts'
import { type Failed, failed } from '../outcome.ts'

/** The arguments of modules that fetch from the web: how they show who they are. */
export const accessArguments = {
  ciphers: list(item.text, 'The ciphers for TLS, as OpenSSL names them.', { default: [] }),
  client_cert: optional(path('PEM file on the host: the certificate to show, maybe with its key.')),
  client_key: optional(path('PEM file on the host: the key of `client_cert`.')),
  use_netrc: bool('Take user and password from the netrc file on the host, where none are given.', {
    default: true,
  }),
  use_gssapi: bool('Not supported.', { default: false }),
}

/** What a task fails with that wants to show it in a way that is not supported. */
export function refusedAccess({ use_gssapi }: { readonly use_gssapi: boolean }): Failed | undefined {
  if (!use_gssapi) return undefined
  return failed('use_gssapi is not supported: give url_username and url_password, or a header')
}
