/** Text, lists and maps, as they come in a query or a form body. */
export type FormValue = string | FormValue[] | { [name: string]: FormValue }
export type Form = { [name: string]: FormValue }

const keyPartsMax = 12

/** Reads `a[b][0][c]=x` as Stripe's clients write it; `a[]=x` appends. */
export function parseForm(text: string): Form {
  const form: Form = {}
  for (const [key, value] of new URLSearchParams(text)) {
    const path = [key.split('[', 1)[0] ?? '', ...[...key.matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? '')]
    if (path.length <= keyPartsMax && !path.includes('__proto__')) put(form, path, value)
  }
  return listsIn(form) as Form
}

function put(form: Form, path: readonly string[], value: string): void {
  let place = form
  for (const [depth, part] of path.entries()) {
    const name = part === '' ? String(Object.keys(place).length) : part
    if (depth === path.length - 1) {
      place[name] = value
      return
    }
    const next = place[name]
    const inner: Form = typeof next === 'object' && !Array.isArray(next) ? next : {}
    place[name] = inner
    place = inner
  }
}

/** Maps whose names are 0, 1, 2… are lists. */
function listsIn(value: FormValue): FormValue {
  if (typeof value === 'string' || Array.isArray(value)) return value
  const entries = Object.entries(value).map(([name, inner]) => [name, listsIn(inner)] as const)
  const isList = entries.length > 0 && entries.every(([name]) => /^\d+$/.test(name))
  return isList ? entries.map(([, inner]) => inner) : Object.fromEntries(entries)
}
