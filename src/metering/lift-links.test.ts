import { describe, expect, it } from 'vitest'
import { createLiftLinks } from './lift-links.ts'

const setting = { baseUrl: 'https://market.example', secret: 'a secret that is long enough to be one' }
const subject = { userId: 'person-1', agentId: '00000000-0000-4000-8000-000000000001', metric: 'messages' }
const tokenOf = (url: string): string => url.slice(`${setting.baseUrl}/buy/`.length)

describe('a link that lifts a limit', () => {
  it('says to us what it is about, and to nobody else', () => {
    const links = createLiftLinks(setting)
    const token = tokenOf(links.urlFor(subject))
    expect(links.read(token)).toEqual(subject)
    expect(Buffer.from(token, 'base64url').toString('latin1')).not.toContain('person-1')
    expect(links.urlFor(subject)).not.toBe(links.urlFor(subject))
  })

  it('is nothing once it was changed, cut or made elsewhere', () => {
    const links = createLiftLinks(setting)
    const token = tokenOf(links.urlFor(subject))
    const changed = `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`
    const foreign = tokenOf(createLiftLinks({ ...setting, secret: 'another secret, as long' }).urlFor(subject))
    for (const wrong of [changed, token.slice(0, 20), '', 'x'.repeat(5_000), foreign]) {
      expect(links.read(wrong)).toBeUndefined()
    }
  })
})
