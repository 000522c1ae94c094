// Who the demo lets in at once, each signed in by the page that everybody signs in by.
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'

export const roles = ['buyer', 'publisher', 'operator'] as const
export type Role = (typeof roles)[number]

export interface People {
  /** A new window of theirs; without anybody it is a visitor's. */
  as(role: Role | undefined, options?: BrowserContextOptions): Promise<Page>
}

interface Opening {
  readonly browser: Browser
  readonly baseURL: string
  /** What the server said when it came up: addresses and passwords. */
  readonly said: string
}

const stepMsMax = 15_000

export async function people({ browser, baseURL, said }: Opening): Promise<People> {
  const states = new Map<Role, Awaited<ReturnType<BrowserContext['storageState']>>>()
  for (const role of roles) {
    const [, email = '', password = ''] = new RegExp(String.raw`(${role}@\S+) +(\S+)`).exec(said) ?? []
    const page = await openPage(browser, { baseURL })
    await page.goto('/sign-in')
    await page.getByLabel('E-mail address').fill(email)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.waitForURL(baseURL + '/')
    states.set(role, await page.context().storageState())
    await page.context().close()
  }
  return {
    as: (role, options = {}) => {
      const storageState = role && states.get(role)
      return openPage(browser, { baseURL, ...options, ...(storageState && { storageState }) })
    },
  }
}

async function openPage(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage()
  page.setDefaultTimeout(stepMsMax)
  return page
}
