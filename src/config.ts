// The only reader of process.env in src/. One frozen, typed Config; one message that names every wrong variable.
import { isIP } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

export type Role = 'all' | 'web' | 'worker'

/** Demo: no BASE_URL; loopback only, built-in mail outbox and demo people. Production: every secret is required. */
export type Mode = 'demo' | 'production'

export type DatabaseConfig = { kind: 'embedded'; dataDir: string } | { kind: 'external'; url: string }

export interface StripeConfig {
  readonly secretKey: string
  /** What Stripe signs its webhooks with. */
  readonly webhookSecret: string
  /** As the key says. */
  readonly environment: 'test' | 'live'
}

export interface Config {
  readonly mode: Mode
  readonly role: Role
  readonly database: DatabaseConfig
  /** Where embedded PostgreSQL, logs and other files of this installation live. */
  readonly dataDir: string
  /** The project's own folder. */
  readonly rootDir: string
  /** Undefined in demo mode until the server knows its port: then http://localhost:{port}. */
  readonly baseUrl: string | undefined
  readonly host: string
  readonly port: number
  /** Demo takes the next free port when its own is busy; production refuses. */
  readonly portIsFixed: boolean
  readonly trustedProxies: readonly string[]
  /** Undefined in demo mode: then one is made and kept in the data folder (identity/stored-secret.ts). */
  readonly authSecret: string | undefined
  readonly smtpUrl: string | undefined
  readonly mailFrom: string
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent'
  /** Allows a Prometheus server on another machine to read /metrics. */
  readonly metricsToken: string | undefined
  readonly databasePoolMax: number
  /** Undefined: payments are played in the sandbox, and no money moves. */
  readonly stripe: StripeConfig | undefined
  /** How long a payment may be late before what it pays for stops. */
  readonly paymentGraceDays: number
}

/** Thrown once, naming every variable that is wrong; `main.ts` prints it and ends the process. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`Configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

const rootDir = dirname(dirname(fileURLToPath(import.meta.url)))

const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || host === '::1' || host.startsWith('127.')

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }).refine(
  (text) => {
    const url = new URL(text)
    return url.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
  },
  { error: 'must be an origin only, such as https://market.example' },
)

const addressOrCidr = (text: string): boolean => {
  const [address = '', prefix, ...rest] = text.split('/')
  if (isIP(address) === 0 || rest.length > 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (isIP(address) === 6 ? 128 : 32))
}

const environment = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// or postgresql:// URL' }).optional(),
  BASE_URL: httpUrl.optional(),
  HOST: z.string().min(1).optional(),
  PORT: z.coerce.number({ error: 'must be a number' }).int('must be a whole number').min(0).max(65_535).optional(),
  TRUSTED_PROXIES: z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    )
    .refine((list) => list.every(addressOrCidr), { error: 'must be IP addresses or CIDR blocks, separated by commas' })
    .default([]),
  AUTH_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must be an smtp:// or smtps:// URL' }).optional(),
  MAIL_FROM: z
    .string()
    .min(3)
    .max(320)
    .regex(/^[^\r\n]+$/, 'must be one line')
    .optional(),
  RIALTO_DATA_DIR: z.string().min(1).optional(),
  RIALTO_ROLE: z.enum(['all', 'web', 'worker'], { error: 'must be all, web or worker' }).default('all'),
  RIALTO_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).optional(),
  RIALTO_METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  RIALTO_DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(10),
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^(sk|rk)_(test|live)_[A-Za-z0-9_]{8,}$/, 'must be a secret or restricted key: sk_test_…, sk_live_…, rk_…')
    .optional(),
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/=_-]{16,}$/, 'must be a signing secret: whsec_…')
    .optional(),
  PAYMENT_GRACE_DAYS: z.coerce.number().int().min(0).max(28, 'must be at most 28').default(7),
})

/** Reads and checks the environment. Throws {@link ConfigError}. An empty variable counts as not set. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = environment.safeParse(present)
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`))
  }
  const values = parsed.data
  const mode: Mode =
    values.BASE_URL === undefined || isLoopbackHost(new URL(values.BASE_URL).hostname) ? 'demo' : 'production'

  const problems = [
    ...(mode === 'production' ? missingInProduction(values) : demoProblems(values)),
    ...stripeProblems(values),
  ]
  if (problems.length > 0) throw new ConfigError(problems)

  const dataDir = resolve(rootDir, values.RIALTO_DATA_DIR ?? join(rootDir, '.data'))
  const config: Config = {
    mode,
    role: values.RIALTO_ROLE,
    database:
      values.DATABASE_URL === undefined
        ? { kind: 'embedded', dataDir }
        : { kind: 'external', url: values.DATABASE_URL },
    dataDir,
    rootDir,
    baseUrl: values.BASE_URL?.replace(/\/$/, ''),
    host: values.HOST ?? '127.0.0.1',
    port: values.PORT ?? 3000,
    portIsFixed: mode === 'production' || values.BASE_URL !== undefined,
    trustedProxies: values.TRUSTED_PROXIES,
    authSecret: values.AUTH_SECRET,
    smtpUrl: values.SMTP_URL,
    mailFrom: values.MAIL_FROM ?? 'Rialto <no-reply@rialto.localhost>',
    logLevel: values.RIALTO_LOG_LEVEL ?? (mode === 'production' ? 'info' : 'warn'),
    metricsToken: values.RIALTO_METRICS_TOKEN,
    databasePoolMax: values.RIALTO_DATABASE_POOL,
    stripe: stripeConfig(values),
    paymentGraceDays: values.PAYMENT_GRACE_DAYS,
  }
  return Object.freeze(config)
}

type Values = z.infer<typeof environment>

function missingInProduction(values: Values): string[] {
  const required = ['AUTH_SECRET', 'SMTP_URL', 'MAIL_FROM'] as const
  const missing = required
    .filter((name) => values[name] === undefined)
    .map((name) => `${name}: is required when BASE_URL is not this machine`)
  const insecure = values.BASE_URL?.startsWith('http:') === true ? ['BASE_URL: must be https:// in production'] : []
  return [...missing, ...insecure]
}

function demoProblems(values: Values): string[] {
  return values.HOST !== undefined && !isLoopbackHost(values.HOST)
    ? ['HOST: demo mode listens on this machine only; set BASE_URL to your public https:// address first']
    : []
}

function stripeProblems(values: Values): string[] {
  const { STRIPE_SECRET_KEY: key, STRIPE_WEBHOOK_SECRET: secret } = values
  if (key === undefined && secret !== undefined) return ['STRIPE_SECRET_KEY: is required with STRIPE_WEBHOOK_SECRET']
  if (key !== undefined && secret === undefined) return ['STRIPE_WEBHOOK_SECRET: is required with STRIPE_SECRET_KEY']
  return []
}

function stripeConfig(values: Values): StripeConfig | undefined {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret } = values
  if (secretKey === undefined || webhookSecret === undefined) return undefined
  return { secretKey, webhookSecret, environment: secretKey.includes('_live_') ? 'live' : 'test' }
}
