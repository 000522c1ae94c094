import { describe, expect, test } from 'vitest'
import { renderMail } from '../layout.ts'
import { mailSamples, resetPassword } from './index.ts'

const baseUrl = 'https://market.example'

describe.each(Object.entries(mailSamples))('%s', (_name, render) => {
  const mail = render(baseUrl)

  test('has a subject of one short line', () => {
    expect(mail.subject).toMatch(/^[^\r\n]{5,78}$/)
  })

  test('says every link in the text too, so that it can be read without HTML', () => {
    const hrefs = [...mail.html.matchAll(/href="([^"]+)"/g)].map(([, href]) => href)
    expect(hrefs.length).toBeGreaterThan(0)
    for (const href of hrefs) expect(mail.text).toContain(href)
  })

  test('needs no image, no script and nothing from elsewhere', () => {
    expect(mail.html).not.toMatch(/<(img|script|link|iframe|object|form)|url\(|@import/i)
    for (const [, origin] of mail.html.matchAll(/https?:\/\/([^/"'<\s]+)/g)) expect(origin).toBe('market.example')
  })

  test('declares its language and both colour schemes', () => {
    expect(mail.html).toContain('<html lang="en">')
    expect(mail.html).toMatch(/<meta name="color-scheme" content="light dark" ?\/?>/)
    expect(mail.html).toContain('prefers-color-scheme:dark')
  })
})

/** What each mail is for; only who can do without it may stop it. A new one is named here, or its test fails. */
const alwaysSent = {
  security: [
    'verify-email',
    'account-exists',
    'reset-password',
    'password-changed',
    'passkey-added',
    'two-factor-changed',
    'confirm-new-email',
    'email-change-asked',
    'email-changed',
    'account-deleted',
  ],
  'money and what ends': [
    'tier-changes',
    'payment-failed',
    'trial-ending',
    'checkout-undone',
    'subscription-ended',
    'refund-made',
  ],
  'asked for, or answers what was asked': [
    'organization-invitation',
    'interaction-recorded',
    'confirm-recipient',
    'confirm-waitlist',
    'confirm-report',
    'confirm-removal',
    'dispute-decided',
    'removal-decided',
    'publisher-contacted',
    'claim-approved',
    'claim-refused',
    'waitlist-opened',
  ],
}
const optional = ['usage-near-limit', 'usage-at-limit', 'payment-receipt']

test('every mail is either one that always comes, and why, or one that can be stopped', () => {
  const named = [...Object.values(alwaysSent).flat(), ...optional]
  expect(Object.keys(mailSamples).toSorted()).toEqual(named.toSorted())
})

test('only what its reader can do without says how to stop it', () => {
  const stoppable = Object.entries(mailSamples).flatMap(([name, render]) =>
    render(baseUrl).unsubscribeUrl === undefined ? [] : [name],
  )
  expect(stoppable.toSorted()).toEqual(optional.toSorted())
})

test('a hostile name stays text', () => {
  const mail = resetPassword({ name: '"><script>alert(1)</script>', url: `${baseUrl}/r?t=1`, validMinutes: 60 })
  expect(mail.html).not.toContain('<script')
  expect(mail.html).toContain('&lt;script&gt;')
})

test('a name in another script is isolated, so that it does not reorder the line', () => {
  const mail = resetPassword({ name: 'مريم', url: `${baseUrl}/r?t=1`, validMinutes: 60 })
  expect(mail.html).toContain('<bdi>مريم</bdi>,')
  expect(mail.text).toContain('Hello \u2068مريم\u2069,')
})

test('a link with quotes can not leave its attribute', () => {
  const mail = resetPassword({ name: 'Ada', url: `${baseUrl}/r?t="onclick="x`, validMinutes: 60 })
  expect(mail.html).not.toContain('"onclick')
})

test('a subject can not start another header', () => {
  const document = { subject: 'Hello\r\nBcc: all@example.com', preview: '', heading: '', blocks: [] }
  expect(renderMail(document).subject).toBe('Hello Bcc: all@example.com')
})

test('a link that is not a web address is a bug, not a mail', () => {
  expect(() => resetPassword({ name: 'Ada', url: 'javascript:alert(1)', validMinutes: 60 })).toThrow('javascript:')
})
