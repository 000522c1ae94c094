import { NONCE, secureHeaders } from 'hono/secure-headers'
import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './api.ts'

const strictTransport = 'max-age=63072000; includeSubDomains'

interface SecurityOptions {
  /** Strict-Transport-Security is only sent where the site is served over https. */
  readonly isHttps: boolean
  /** Vite's development server injects styles and a socket of its own. */
  readonly isDevelopment: boolean
}

const always = {
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
} as const

/** The same for an answer that is no page and takes a shortcut: names and values, in the form that Node writes fastest. */
export function plainSecurityHeaders({ isHttps }: Pick<SecurityOptions, 'isHttps'>): readonly string[] {
  const headers = {
    ...always,
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ...(isHttps && { 'strict-transport-security': strictTransport }),
  }
  return Object.entries(headers).flat()
}

/** The same for everything that pages load; scripts and styles are what differs. */
const sources = {
  defaultSrc: ["'none'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  formAction: ["'self'"],
  frameSrc: ["'self'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
  objectSrc: ["'none'"],
  manifestSrc: ["'self'"],
}

/** Strict headers for every response; scripts run only with the request's own nonce. */
export function securityHeaders({ isHttps, isDevelopment }: SecurityOptions): MiddlewareHandler<AppEnv> {
  const usual = secureHeaders({
    contentSecurityPolicy: {
      ...sources,
      scriptSrc: isDevelopment ? ["'self'", "'unsafe-inline'"] : ["'self'", NONCE],
      styleSrc: isDevelopment ? ["'self'", "'unsafe-inline'"] : ["'self'", NONCE],
      ...(isDevelopment && { connectSrc: ["'self'", 'ws:'] }),
    },
    strictTransportSecurity: isHttps ? strictTransport : false,
    referrerPolicy: 'strict-origin-when-cross-origin',
    xFrameOptions: 'DENY',
    crossOriginOpenerPolicy: 'same-origin',
    crossOriginResourcePolicy: 'same-origin',
    permissionsPolicy: { camera: [], microphone: [], geolocation: [], payment: [], usb: [] },
  })
  return async (c, next) => {
    await usual(c, next)
    const own = c.get('ownPolicy')
    if (own !== undefined) c.res.headers.set('content-security-policy', own)
  }
}

/**
 * For a page that many visitors get: a nonce in it would be known to all of them. Its scripts are files of this site, and an
 * inline style counts by its hash only (CSP 3 §2.3.1), whatever else somebody got into the page.
 */
export function nonceFreePolicy({ styleHashes }: { readonly styleHashes: readonly string[] }): string {
  const policy = {
    ...sources,
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", ...styleHashes.map((hash) => `'sha256-${hash}'`)],
  }
  return Object.entries(policy)
    .map(
      ([directive, values]) =>
        `${directive.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${values.join(' ')}`,
    )
    .join('; ')
}
