import { createRequire } from 'node:module'
import type ssh2 from 'ssh2'

/** The part of ssh2 that logs in to a host. */
export interface SshLibrary {
  readonly Client: typeof ssh2.Client
  readonly parseKey: typeof ssh2.utils.parseKey
}

/**
 * Loads it, when first needed. By its files rather than as a whole: that would bring a server and agents for HTTP, and
 * with them Node's own HTTP and TLS, which takes half as long again.
 */
export function loadSshLibrary(): SshLibrary {
  const require = createRequire(import.meta.url)
  return {
    Client: require('ssh2/lib/client.js') as SshLibrary['Client'],
    parseKey: (require('ssh2/lib/protocol/keyParser.js') as Pick<SshLibrary, 'parseKey'>).parseKey,
  }
}
