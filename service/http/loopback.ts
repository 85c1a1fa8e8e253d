/** Whether an address is this host's own: the proxy's, as far as a request is concerned. */
export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false
  return address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.')
}
