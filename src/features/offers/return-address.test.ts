import { expect, it } from 'vitest'
import { returnAddress } from './return-address.ts'

const registered = ['https://agent.example/callback', 'http://127.0.0.1:3001/callback', 'com.agent.app:/callback']

it.each([
  'https://agent.example/',
  'https://agent.example/chat?id=7#end',
  'https://agent.example:443/chat',
  'http://127.0.0.1:3001/',
])('leads back to %s', (address) => {
  expect(returnAddress(address, registered)).toBe(new URL(address).href)
})

it.each([
  null,
  '',
  '/chat',
  '//agent.example/',
  'http://agent.example/',
  'https://agent.example:8443/',
  'https://agent.example.evil.example/',
  'https://evil.example/https://agent.example/',
  'https://ada@agent.example/',
  'https://agent.example@evil.example/',
  'com.agent.app:/callback',
  'javascript:alert(1)',
  'data:text/html,hello',
  `https://agent.example/${'x'.repeat(2_000)}`,
])('leads nowhere for %s', (address) => {
  expect(returnAddress(address, registered)).toBeUndefined()
})
