/** What of a line of `apt-config dump` is about fetching, and does not name a file of this machine. */
const carried =
  /^Acquire::(Check-Valid-Until|Check-Date|Retries|ForceIPv4|ForceIPv6|https?::[^"]*) "[^"]+";$/i
const local = /::(CaInfo|CaPath|SslCert|SslKey|IssuerCert|CrlFile|Proxy-?Auto-?Detect)\b/i

/** The lines of `apt-config dump` that another machine needs to fetch packages as this one does. */
export function fetchOptions(dump: string[]): string[] {
  return dump.filter((line) => carried.test(line) && !local.test(line))
}

/** apt obeys the variables `http_proxy` and `https_proxy` too, where its configuration names no proxy. */
export function proxyOptions(dump: string[], environment: NodeJS.ProcessEnv): string[] {
  return ['http', 'https'].flatMap((scheme) => {
    const proxy = environment[`${scheme}_proxy`]
    const configured = dump.some((line) => line.startsWith(`Acquire::${scheme}::Proxy "`))
    return proxy && !configured && !proxy.includes('"') ? [`Acquire::${scheme}::Proxy "${proxy}";`] : []
  })
}
