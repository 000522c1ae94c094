// The tour brings itself up to date: what is committed meanwhile shows without a reload. It asks for its own page and takes over the
// parts that are marked; without this script a reload does the same.
const everyMs = 1_000
const forMs = 2 * 3_600_000
const began = Date.now()
const away = document.querySelector('[data-away]')

const parts = (root) => [...root.querySelectorAll('[data-live]')]

/** What has the focus in the part keeps it: the same element of the new one, which has the same name there. False: not now. */
function replace(part, fresh) {
  const held = part.contains(document.activeElement) ? document.activeElement : undefined
  // Somebody is typing.
  if (held?.matches('input')) return false
  for (const open of part.querySelectorAll('details[open][id]'))
    fresh.querySelector(`#${open.id}`)?.setAttribute('open', '')
  const name = held && nameOf(held)
  part.replaceChildren(...fresh.childNodes)
  if (held)
    [...part.querySelectorAll(held.tagName)].find((other) => nameOf(other) === name)?.focus({ preventScroll: true })
  return true
}

const nameOf = (element) => element.closest('[id]').id + element.textContent

async function look() {
  if (document.hidden) return
  try {
    const answer = await fetch(location.href)
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status))
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    for (const part of parts(document)) {
      const { live } = part.dataset
      const fresh = page.querySelector(`[data-live=${live}]`)
      const html = fresh?.innerHTML
      // Only what has changed, so that a screen reader is told of nothing else.
      if (fresh && shown.get(live) !== html && replace(part, fresh)) shown.set(live, html)
    }
    away.hidden = true
  } catch {
    // The tour has a step that ends the server.
    away.hidden = false
  }
}

const shown = new Map(parts(document).map((part) => [part.dataset.live, part.innerHTML]))

async function go() {
  await look()
  if (Date.now() - began < forMs) setTimeout(go, everyMs)
}
void go()
document.addEventListener('visibilitychange', look)
