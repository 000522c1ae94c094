import type { Page } from 'playwright-core'
import type { Role } from './people.ts'
import type { Made } from './story.ts'

export interface Shot {
  /** What the file is called by, before the screen and the theme. */
  readonly name: string
  readonly screen: 'desktop' | 'phone'
  readonly theme: 'light' | 'dark'
  readonly path: string
  /** Nobody: a visitor. */
  readonly by?: Role
  readonly act?: (page: Page) => Promise<void>
}

export const shots = ({ checkoutPath, subscriptionPath }: Made): readonly Shot[] => [
  { name: 'home', screen: 'desktop', theme: 'light', path: '/' },
  { name: 'home', screen: 'phone', theme: 'dark', path: '/' },
  { name: 'agents', screen: 'desktop', theme: 'light', path: '/agents?tag=coding' },
  { name: 'agent', screen: 'desktop', theme: 'dark', path: '/agents/readability' },
  {
    name: 'pricing',
    screen: 'phone',
    theme: 'light',
    path: '/agents/readability',
    act: (page) => page.locator('#pricing').evaluate((section) => section.scrollIntoView()),
  },
  { name: 'compare', screen: 'desktop', theme: 'light', path: '/compare?agent=readability&agent=rota&agent=openhands' },
  {
    name: 'palette',
    screen: 'desktop',
    theme: 'dark',
    path: '/agents',
    act: async (page) => {
      await page.keyboard.press('Control+k')
      await page.keyboard.type('rese')
      await page
        .getByRole('option', { name: /Researcher/ })
        .first()
        .waitFor()
    },
  },
  { name: 'reviews', screen: 'phone', theme: 'dark', path: '/agents/readability/reviews' },
  { name: 'checkout', screen: 'phone', theme: 'light', by: 'buyer', path: checkoutPath },
  { name: 'subscription', screen: 'desktop', theme: 'light', by: 'buyer', path: subscriptionPath },
  { name: 'tour', screen: 'desktop', theme: 'light', by: 'buyer', path: '/tour' },
  { name: 'interactions', screen: 'desktop', theme: 'dark', by: 'operator', path: '/operator/interactions' },
  { name: 'publisher', screen: 'desktop', theme: 'light', path: '/publishers/rialto-samples' },
]
