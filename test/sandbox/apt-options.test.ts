import { describe, expect, test } from 'vitest'
import { fetchOptions, proxyOptions } from '../../runner/sandbox/apt-options.ts'

describe('apt options of this machine', () => {
  test.each([
    'Acquire::http::Proxy "http://proxy.example:3128";',
    'Acquire::https::Proxy::mirror.example "DIRECT";',
    'Acquire::Check-Valid-Until "false";',
    'Acquire::https::Verify-Peer "false";',
    'Acquire::Retries "3";',
  ])('%s holds in a sandbox too', (line) => {
    expect(fetchOptions([line])).toEqual([line])
  })

  test.each([
    ['files of this machine mean nothing there', 'Acquire::https::CaInfo "/etc/ssl/corporate.pem";'],
    ['programs of this machine are not there', 'Acquire::http::Proxy-Auto-Detect "/usr/bin/apt-proxy";'],
    ['the spelling without hyphens is known', 'Acquire::http::ProxyAutoDetect "/usr/bin/apt-proxy";'],
    ['hooks stay here', 'DPkg::Post-Invoke:: "rm -f /var/cache/apt/archives/*.deb || true";'],
    ['what is empty says nothing', 'Acquire::http::Proxy "";'],
    ['what is not about fetching stays here', 'APT::Install-Recommends "0";'],
  ])('%s', (_, line) => {
    expect(fetchOptions([line])).toEqual([])
  })
})

describe('the proxy variables', () => {
  const proxy = 'http://proxy.example:3128'

  test('become options', () => {
    expect(proxyOptions([], { http_proxy: proxy })).toEqual([`Acquire::http::Proxy "${proxy}";`])
  })

  test('yield to what apt is configured with', () => {
    expect(proxyOptions(['Acquire::http::Proxy "http://other.example";'], { http_proxy: proxy })).toEqual([])
  })

  test('cannot end the option they are put into', () => {
    expect(proxyOptions([], { http_proxy: 'http://x"; DPkg::Pre-Invoke { "id"; };' })).toEqual([])
  })
})
