// What happens before the pictures, all of it at the pages: a buyer tries an agent, uses it on two days, buys more of it and
// reviews it, and the operator lets the time pass.
import type { Page } from 'playwright-core'
import type { People } from './people.ts'

/** Where things are that have ids of their own. */
export interface Made {
  readonly checkoutPath: string
  readonly subscriptionPath: string
}

const main = (page: Page) => page.getByRole('main')
const text =
  'The bridge was built in 1591. Merchants kept small shops on the bridge. The bridge still carries shops and people.'

export async function liveThrough({ as }: People): Promise<Made> {
  const buyer = await as('buyer')
  await buyer.goto('/agents/openhands')
  await main(buyer).getByRole('button', { name: 'Add to favourites: OpenHands' }).click()
  await buyer.goto('/agents/readability')
  await main(buyer).getByRole('button', { name: 'Add to favourites: Readability' }).click()
  await buyer.waitForLoadState('load')
  await main(buyer)
    .getByRole('link', { name: /^Start 14-day trial/ })
    .first()
    .click()
  await main(buyer).getByRole('button', { name: 'Start 14-day trial' }).click()
  await buyer.getByRole('heading', { name: 'Start your trial' }).waitFor()
  await main(buyer).getByRole('button', { name: 'Start trial' }).click()
  await buyer.getByRole('heading', { name: 'Readability Reader is yours' }).waitFor()

  const operator = await as('operator')
  for (const texts of [118, 46]) {
    await launch(buyer)
    for (let count = 0; count < texts; count += 1) await read(buyer)
    await operator.goto('/sandbox/clock')
    await main(operator).getByRole('button', { name: '+1 day' }).click()
    await operator.getByText(/happened at Stripe/).waitFor()
  }
  await launch(buyer)
  await review(buyer)

  // A second purchase, left at the till for its picture.
  await buyer.goto('/agents/rota')
  await main(buyer)
    .getByRole('link', { name: /^Start 14-day trial/ })
    .first()
    .click()
  await main(buyer).getByRole('button', { name: 'Start 14-day trial' }).click()
  await buyer.getByRole('heading', { name: 'Start your trial' }).waitFor()
  const checkoutPath = new URL(buyer.url()).pathname
  await buyer.goto('/account/subscriptions')
  await main(buyer)
    .getByRole('link', { name: /Readability/ })
    .first()
    .click()
  await buyer.waitForURL('**/account/subscriptions/*')
  const subscriptionPath = new URL(buyer.url()).pathname
  await main(buyer).getByRole('link', { name: 'Buy an add-on' }).click()
  await main(buyer).getByRole('link', { name: 'Buy 100 more texts' }).click()
  await main(buyer).getByRole('button', { name: 'Pay $4.00' }).click()
  await main(buyer).getByText('The add-on is yours').waitFor()
  await buyer.context().close()
  await operator.context().close()
  return { checkoutPath, subscriptionPath }
}

/** The first time it asks what the agent may know. */
async function launch(page: Page): Promise<void> {
  await page.goto('/agents/readability/launch')
  const allow = page.getByRole('button', { name: 'Allow', exact: true })
  const field = page.getByLabel(/your text/i)
  await allow.or(field).first().waitFor()
  if (await allow.isVisible()) await allow.click()
  await field.waitFor()
}

async function read(page: Page): Promise<void> {
  await page.getByLabel(/your text/i).fill(text)
  await page.getByRole('button', { name: 'Read it' }).click()
  await page.waitForLoadState('load')
}

async function review(page: Page): Promise<void> {
  await page.goto('/agents/readability/reviews/new')
  await page.getByLabel('4 stars: good').check()
  await page.getByLabel('Title').fill('Finds the sentences that matter')
  await page
    .getByLabel('What should others know?')
    .fill('Fast, and **right** most of the time. Long lists confuse it, so I give it prose only.')
  await main(page).getByRole('button', { name: 'Publish review' }).click()
  await page.getByText('Your review is saved').waitFor()
}
