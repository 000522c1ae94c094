import { describe, expect, it } from 'vitest'
import { withBrand } from './brand.ts'
import { mailSamples } from './templates/index.ts'

const brand = { name: 'Bridges & Boats', accent: { light: '#1b5e8c', dark: '#7db8e8' } }

describe.each(Object.entries(mailSamples))('%s', (_name, render) => {
  const mail = withBrand(render('https://market.example'), brand)

  it('goes out under the marketplace’s own name and colours', () => {
    const said = `${mail.subject}\n${mail.text}\n${mail.html}`
    expect(said).not.toContain('Rialto')
    expect(said).not.toMatch(/\p{Co}/u)
    expect(mail.text).toContain('-- \nBridges & Boats')
    expect(mail.html).toContain('Bridges &amp; Boats')
    expect(mail.html).toContain('color:#1b5e8c')
    expect(mail.html).toContain('.mark{color:#7db8e8!important}')
  })
})
