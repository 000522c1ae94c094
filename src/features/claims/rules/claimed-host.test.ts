import { expect, test } from 'vitest'
import { claimedHost } from './claimed-host.ts'

const of = (homepageUrl: string | null, allowsThisMachine = false) => claimedHost({ homepageUrl, allowsThisMachine })

test('the homepage’s host counts, over HTTPS, whatever stands behind it', () => {
  const expected = {
    kind: 'host',
    host: 'docs.lector.example',
    fileUrl: 'https://docs.lector.example/.well-known/rialto-claim.txt',
    dnsName: '_rialto-claim.docs.lector.example',
  }
  expect(of('https://docs.lector.example/start?x=1#y')).toEqual(expected)
  expect(of('http://docs.lector.example:8080/')).toEqual(expected)
})

test.each([
  'https://github.com/lector/lector',
  'https://www.github.com/lector/lector',
  'https://gist.github.com/x',
  'https://huggingface.co/docs/lector',
  'https://pypi.org/project/lector',
])('%s is shared by many, and proves nothing about one', (url) => {
  expect(of(url).kind).toBe('shared')
})

test.each([
  null,
  'not an address',
  'https://intranet/',
  'https://203.0.113.7/',
  'https://[2001:db8::7]/',
  'http://2130706433/',
])('%s has no name to prove anything at', (url) => {
  expect(of(url).kind).toBe('none')
})

test('a site under another’s name is proven by the file alone', () => {
  expect(of('https://lector.github.io/app')).toMatchObject({ host: 'lector.github.io', dnsName: undefined })
  expect(of('https://github.io.example/')).toMatchObject({ dnsName: '_rialto-claim.github.io.example' })
})

test('this machine counts in a demo only, with its port', () => {
  expect(of('http://localhost:4010/')).toEqual({ kind: 'none' })
  expect(of('http://127.0.0.1:4010/', true)).toMatchObject({
    host: '127.0.0.1:4010',
    fileUrl: 'http://127.0.0.1:4010/.well-known/rialto-claim.txt',
  })
})
