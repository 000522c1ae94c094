/** Where somebody shows that a project is theirs. */
export type ClaimedHost =
  | {
      readonly kind: 'host'
      readonly host: string
      readonly fileUrl: string
      /** Undefined: whoever has the site doesn't have the name, as under github.io. */
      readonly dnsName: string | undefined
    }
  /** Many projects share the site: what stands at its root says nothing about one of them. */
  | { readonly kind: 'shared'; readonly host: string }
  /** The entry names no homepage, or one without a name of its own. */
  | { readonly kind: 'none' }

interface Homepage {
  readonly homepageUrl: string | null
  /** A demo may look at this machine, which has no certificate and no name. */
  readonly allowsThisMachine: boolean
}

const filePath = '/.well-known/rialto-claim.txt'

/** The host of the homepage counts, and no other: not that of the documentation, and none that it redirects to. */
export function claimedHost({ homepageUrl, allowsThisMachine }: Homepage): ClaimedHost {
  if (homepageUrl === null || !URL.canParse(homepageUrl)) return { kind: 'none' }
  const { hostname, host, origin } = new URL(homepageUrl)
  if (thisMachine.has(hostname)) {
    return allowsThisMachine
      ? { kind: 'host', host, fileUrl: origin + filePath, dnsName: `_rialto-claim.${hostname}` }
      : { kind: 'none' }
  }
  if (!hasName(hostname)) return { kind: 'none' }
  if (isAmong(sharedSites, hostname.replace(/^www\./, ''))) return { kind: 'shared', host: hostname }
  const isHosted = hostedUnder.some((suffix) => hostname.endsWith(`.${suffix}`))
  // Always over HTTPS on its own port: another one may be somebody else's on the same machine.
  const fileUrl = `https://${hostname}${filePath}`
  return { kind: 'host', host: hostname, fileUrl, dnsName: isHosted ? undefined : `_rialto-claim.${hostname}` }
}

const thisMachine: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/** At least two labels, of which the last is not a number: an address belongs to whoever has it today. */
const hasName = (hostname: string): boolean => /^([^.]+\.)+[^.\d][^.]*$/.test(hostname)

const isAmong = (sites: readonly string[], hostname: string): boolean =>
  sites.some((site) => hostname === site || hostname.endsWith(`.${site}`))

/** Sites of which a project has a path only. */
const sharedSites = [
  'github.com',
  'githubusercontent.com',
  'gitlab.com',
  'codeberg.org',
  'bitbucket.org',
  'sourceforge.net',
  'sr.ht',
  'gitee.com',
  'huggingface.co',
  'pypi.org',
  'npmjs.com',
  'crates.io',
  'rubygems.org',
  'packagist.org',
  'docker.com',
  'pkg.go.dev',
  'docs.rs',
  'medium.com',
  'dev.to',
  'notion.so',
  'sites.google.com',
  'docs.google.com',
  'play.google.com',
  'chromewebstore.google.com',
  'apps.apple.com',
  'marketplace.visualstudio.com',
  'arxiv.org',
  'x.com',
  'twitter.com',
  'linkedin.com',
  'facebook.com',
  'youtube.com',
  'reddit.com',
  'discord.com',
  'discord.gg',
  't.me',
  'producthunt.com',
]

/** Where a site has a name of its own, which another has in hand. */
const hostedUnder = [
  'github.io',
  'gitlab.io',
  'codeberg.page',
  'readthedocs.io',
  'vercel.app',
  'netlify.app',
  'pages.dev',
  'workers.dev',
  'web.app',
  'firebaseapp.com',
  'herokuapp.com',
  'onrender.com',
  'fly.dev',
  'hf.space',
  'streamlit.app',
]
