// Whether a page can be used by everybody: what axe finds in both themes, and what a narrow screen cuts off. A page is loaded
// once for all of it; axe is put into it once and given the same rules in each theme.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const options: RunOptions = { resultTypes: ['violations'], iframes: false }
/** The rules, of those that run, whose outcome colours decide; they take half of the time of all. */
const colourRules = ['color-contrast', 'link-in-text-block']
const colourOptions: RunOptions = { ...options, runOnly: { type: 'rule', values: colourRules } }

declare global {
  interface Window {
    readonly axe?: { run(context: Document, options: RunOptions): Promise<AxeResults> }
  }
}

/**
 * Each as `where: theme: rule: elements`. The page must allow scripts (axe is one) and follow the system's theme; it is left
 * without motion and in the theme of the system. Not what is inside frames.
 */
export async function axeFindings(page: Page, where = page.url()): Promise<string[]> {
  const findings: string[] = []
  let shownBefore: string | undefined
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    if (!(await page.evaluate(() => window.axe !== undefined))) await page.evaluate(axeSource)
    const shown = await page.evaluate(shownElements)
    const violations = await page.evaluate(
      async (given) => {
        const found = (await window.axe?.run(document, given))?.violations
        return found?.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
      },
      // What shows the same elements in both themes differs in its colours alone.
      shown === shownBefore ? colourOptions : options,
    )
    shownBefore = shown
    if (violations === undefined) throw new Error(`axe did not run on ${where}`)
    findings.push(...violations.map((violation) => `${where}: ${colorScheme}: ${violation}`))
  }
  await page.emulateMedia({ colorScheme: null })
  return findings
}

/** Which of the page's elements are to be seen, a letter for each. */
function shownElements(): string {
  const isShown = (element: Element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
  return [...document.querySelectorAll('*')].map((element) => (isShown(element) ? 'y' : 'n')).join('')
}

/** How far the page can be scrolled sideways at this width, in pixels; the window is left as it was. */
export async function cutOffPx(page: Page, width = 320): Promise<number> {
  const usual = page.viewportSize()
  await page.setViewportSize({ width, height: 640 })
  const cutOff = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  if (usual !== null) await page.setViewportSize(usual)
  return Math.max(0, cutOff)
}

/** Both of them; nothing when the page can be used by everybody. */
export async function usabilityFindings(page: Page, where = page.url()): Promise<string[]> {
  await page.waitForLoadState('load')
  const findings = await axeFindings(page, where)
  const cutOff = await cutOffPx(page)
  return cutOff > 0 ? [...findings, `${where}: ${cutOff} px cut off`] : findings
}
