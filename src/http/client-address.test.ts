import { describe, expect, it } from 'vitest'
import { clientAddressOf, createProxyList, isLoopbackAddress } from './client-address.ts'

const proxies = createProxyList(['10.0.0.0/8', '2001:db8::1'])

describe('the client’s address', () => {
  it('is the peer when the peer is no trusted proxy, whatever it claims', () => {
    expect(clientAddressOf({ peer: '203.0.113.9', forwardedFor: '127.0.0.1', proxies })).toBe('203.0.113.9')
  })

  it('is the right-most address that is no trusted proxy', () => {
    const forwardedFor = '1.1.1.1, 198.51.100.7, 10.0.0.2'
    expect(clientAddressOf({ peer: '10.0.0.1', forwardedFor, proxies })).toBe('198.51.100.7')
  })

  it('is read from IPv4-mapped and IPv6 peers alike', () => {
    expect(clientAddressOf({ peer: '::ffff:10.0.0.1', forwardedFor: '198.51.100.7', proxies })).toBe('198.51.100.7')
    expect(clientAddressOf({ peer: '2001:db8::1', forwardedFor: '198.51.100.7', proxies })).toBe('198.51.100.7')
  })

  it.each(['', 'garbage', 'x'.repeat(10_000), '10.0.0.9'])(
    'falls back to the peer when the header is unusable (%#)',
    (forwardedFor) => {
      expect(clientAddressOf({ peer: '10.0.0.1', forwardedFor, proxies })).toBe('10.0.0.1')
    },
  )

  it('knows loopback in all its spellings', () => {
    expect(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'].every(isLoopbackAddress)).toBe(true)
    expect(isLoopbackAddress('10.0.0.1')).toBe(false)
  })
})
