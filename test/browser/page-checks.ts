// What every public page has to do for everybody, beside what axe sees. All of it runs on one loaded page that allows scripts.
import type { Page, Response } from 'playwright-core'
import { axeFindings, cutOffPx } from '#test/support/looks.ts'

const pressesMax = 1_000
/** One picture of 60 a second. */
const frameSeconds = 0.017

/** As a reader of the source finds it: its language, title, heading and landmarks, and no script but our own. */
export async function sourceFindings(response: Response): Promise<string[]> {
  const html = await response.text()
  const count = (pattern: RegExp): number => html.match(pattern)?.length ?? 0
  const scripts = html.match(/<script(?! type="application\/ld\+json")[^>]*>/g) ?? []
  const expected: readonly (readonly [string, boolean])[] = [
    ['a language', /<html[^>]* lang="[a-z]{2}/.test(html)],
    ['a title', /<title[^>]*>[^<]+<\/title>/.test(html)],
    ['one h1', count(/<h1[\s>]/g) === 1],
    ['one main', count(/<main[\s>]/g) === 1],
    ['a header', count(/<header[^>]*site-header/g) === 1],
    ['a footer', count(/<footer[\s>]/g) >= 1],
    ['a way past the header', html.includes('class="skip-link"')],
    ['no script of a framework', scripts.every((tag) => /src="\/assets\/(palette|passkeys)-[^"]+\.js"/.test(tag))],
  ]
  return expected.filter(([, holds]) => !holds).map(([what]) => `has not: ${what}`)
}

/** In both themes, with less motion, and with letters twice as large. */
export async function sightFindings(page: Page): Promise<string[]> {
  const findings = await axeFindings(page, 'axe')
  await page.emulateMedia({ reducedMotion: 'reduce' })
  findings.push(...(await page.evaluate(motions, frameSeconds)))
  await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'))
  const cutOffLarge = await cutOffPx(page, page.viewportSize()?.width)
  if (cutOffLarge > 0) findings.push(`letters twice as large: ${cutOffLarge} px cut off`)
  findings.push(...(await page.evaluate(crowding)).map((finding) => `letters twice as large: ${finding}`))
  await page.evaluate(() => document.documentElement.style.removeProperty('font-size'))
  return findings
}

/** What moves for longer than this although less motion is asked for. */
function motions(secondsMax: number): string[] {
  const longest = (list: string): number => Math.max(...list.split(',').map((time) => Number.parseFloat(time)))
  const moving = [...document.querySelectorAll('body *')].filter((element) => {
    const { transitionDuration, animationDuration, animationName } = getComputedStyle(element)
    return (
      longest(transitionDuration) > secondsMax || (animationName !== 'none' && longest(animationDuration) > secondsMax)
    )
  })
  return moving.slice(0, 3).map((element) => `moves: ${element.outerHTML.slice(0, 120)}`)
}

/** Controls that lie on each other, or whose words don't fit into them. */
function crowding(): string[] {
  const shown = [
    ...document.querySelectorAll<HTMLElement>('main a[href], main button, main input, main select, main summary'),
  ]
    .filter((control) => control.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .filter((control) => control.clientWidth !== 1 && !floats(control))
  const clipped = shown.filter((control) => {
    const { overflowX } = getComputedStyle(control)
    return overflowX !== 'visible' && control.tagName !== 'INPUT' && control.scrollWidth > control.clientWidth + 1
  })
  // A link that goes over two lines has two boxes. From top to bottom, so that each is compared with its neighbours only.
  const boxes = shown
    .flatMap((control) => [...control.getClientRects()].map((box) => ({ control, box })))
    .toSorted((a, b) => a.box.top - b.box.top)
  const overlapping = boxes.flatMap((one, index) => {
    const end = boxes.findIndex(({ box }, place) => place > index && box.top >= one.box.bottom)
    return boxes
      .slice(index + 1, end === -1 ? undefined : end)
      .filter(({ control }) => !one.control.contains(control) && !control.contains(one.control))
      .filter(({ box }) => meet(one.box, box))
      .map(({ control }) => `overlap: ${one.control.outerHTML.slice(0, 120)} and ${control.outerHTML.slice(0, 120)}`)
  })
  return [...clipped.map((control) => `cut: ${control.outerHTML.slice(0, 160)}`), ...overlapping].slice(0, 3)

  function meet(a: DOMRect, b: DOMRect): boolean {
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left)
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
    // Lines of text reach into each other by some of their leading.
    return wide > 2 && high > Math.min(a.height, b.height) / 2
  }
  /** What stays in view while the page is scrolled lies over the rest at times. */
  function floats(element: Element | null): boolean {
    for (let at = element; at !== null; at = at.parentElement)
      if (['fixed', 'sticky'].includes(getComputedStyle(at).position)) return true
    return false
  }
}

/** What Tab never comes to, and what has the focus without showing it. */
export async function keyboardFindings(page: Page): Promise<string[]> {
  const stops = await page.evaluate(watchFocus)
  if (stops > pressesMax) return [`has ${stops} stops for Tab, more than anybody presses`]
  // Held down, it goes on by itself; waiting for each step would take most of this test's time.
  await Promise.all(Array.from({ length: stops + 4 }, () => page.keyboard.down('Tab')))
  await page.keyboard.up('Tab')
  return page.evaluate(() => window.focusFindings?.() ?? ['The focus was not watched'])
}

declare global {
  interface Window {
    focusFindings?: () => string[]
  }
}

/** How many stops Tab has; `focusFindings` then tells which it left out. */
function watchFocus(): number {
  const candidates = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]'
  const controls = [...document.querySelectorAll<HTMLElement>(candidates)].filter(
    (control) =>
      control.tabIndex >= 0 &&
      !control.matches(':disabled, [inert] *') &&
      control.checkVisibility({ visibilityProperty: true }),
  )
  // Of a group of radio buttons Tab comes to one; the arrows lead to the others.
  const groupOf = (control: Element): unknown =>
    control instanceof HTMLInputElement && control.type === 'radio' ? `radio ${control.name}` : control
  const expected = new Map(controls.map((control) => [groupOf(control), control]))
  const reached = new Set<unknown>()
  const unseen = new Set<Element>()
  const hasRing = (element: Element | null): boolean =>
    element !== null &&
    [undefined, '::before', '::after'].some((part) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(element, part)
      return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0
    })
  /** A link in a drawing shows the focus by its strokes. */
  const hasStroke = (element: Element): boolean =>
    element instanceof SVGElement &&
    [...element.children].some((part) => Number.parseFloat(getComputedStyle(part).strokeWidth) >= 4)
  document.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof Element)) return
    reached.add(groupOf(target))
    const bearers = [target, target.parentElement, target.nextElementSibling, target.closest('label')]
    if (!bearers.some(hasRing) && !hasStroke(target)) unseen.add(target)
  })
  window.focusFindings = () => [
    ...[...expected]
      .filter(([key]) => !reached.has(key))
      .map(([, { outerHTML }]) => `Tab never comes to ${outerHTML.slice(0, 160)}`),
    ...[...unseen].map(({ outerHTML }) => `focus can’t be seen on ${outerHTML.slice(0, 160)}`),
  ]
  return expected.size
}
