import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from './config.ts'

const production = {
  BASE_URL: 'https://market.example',
  DATABASE_URL: 'postgres://rialto:pw@db.example/rialto',
  AUTH_SECRET: 'a'.repeat(32),
  SMTP_URL: 'smtps://mail.example',
  MAIL_FROM: 'Market <no-reply@market.example>',
}

const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

describe('configuration', () => {
  it('is demo mode on this machine only when nothing is set', () => {
    const config = readConfig({})
    expect(config).toMatchObject({
      mode: 'demo',
      host: '127.0.0.1',
      port: 3000,
      portIsFixed: false,
      baseUrl: undefined,
    })
    expect(config.database.kind).toBe('embedded')
  })

  it('is production when BASE_URL is another machine, and keeps no default secret there', () => {
    expect(readConfig(production)).toMatchObject({
      mode: 'production',
      portIsFixed: true,
      baseUrl: 'https://market.example',
    })
    const { AUTH_SECRET: _, ...withoutSecret } = production
    expect(problemsOf(withoutSecret)).toEqual(['AUTH_SECRET: is required when BASE_URL is not this machine'])
  })

  it('names every wrong variable at once', () => {
    const problems = problemsOf({
      PORT: '70000',
      SMTP_URL: 'http://x',
      RIALTO_ROLE: 'boss',
      TRUSTED_PROXIES: '10.0.0.0/99',
    })
    expect(problems.map((problem) => problem.split(':')[0]).toSorted()).toEqual([
      'PORT',
      'RIALTO_ROLE',
      'SMTP_URL',
      'TRUSTED_PROXIES',
    ])
  })

  it('plays payments in the sandbox without keys, and takes both keys or none', () => {
    const keys = { STRIPE_SECRET_KEY: 'sk_test_12345678', STRIPE_WEBHOOK_SECRET: 'whsec_1234567890123456' }
    expect(readConfig({}).stripe).toBeUndefined()
    expect(readConfig(keys).stripe).toMatchObject({ environment: 'test', secretKey: 'sk_test_12345678' })
    expect(readConfig({ ...keys, STRIPE_SECRET_KEY: 'rk_live_12345678' }).stripe).toMatchObject({ environment: 'live' })
    for (const [name, other] of [
      ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET'],
      ['STRIPE_WEBHOOK_SECRET', 'STRIPE_SECRET_KEY'],
    ] as const) {
      expect(problemsOf({ [name]: keys[name] })).toEqual([`${other}: is required with ${name}`])
    }
    // A key never stands in what is said about it.
    const [problem] = problemsOf({ ...keys, STRIPE_SECRET_KEY: 'pk_live_12345678' })
    expect(problem).toMatch(/^STRIPE_SECRET_KEY: must be/)
    expect(problem).not.toContain('12345678')
  })

  it.each(['0.0.0.0', '192.168.1.5', '::'])('refuses to show demo mode to the network on %s', (host) => {
    expect(problemsOf({ HOST: host })).toHaveLength(1)
  })

  it.each([
    'http://market.example',
    'https://market.example/shop',
    'ftp://market.example',
    'https://a:b@market.example',
  ])('refuses %s as a public address', (baseUrl) => {
    expect(problemsOf({ ...production, BASE_URL: baseUrl })).not.toEqual([])
  })

  it('never repeats a secret in its message', () => {
    const problems = problemsOf({ ...production, AUTH_SECRET: 'hunter2-hunter2', SMTP_URL: 'http://me:hunter2@x' })
    expect(problems.length).toBeGreaterThan(0)
    expect(problems.join('\n')).not.toContain('hunter2')
  })

  it('takes an empty variable for one that is not set', () => {
    expect(readConfig({ DATABASE_URL: '', PORT: '' }).port).toBe(3000)
  })
})
