// What somebody reads on a page, and what it says to search engines.

/** The words of a page without its scripts, as one line. */
export const textOf = (html: string): string =>
  html
    .replaceAll(/<(script|style|title|head)\b[\s\S]*?<\/\1>/g, ' ')
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .replaceAll(/<\/?(?:bdi|strong|b)\b[^>]*>/g, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', '’')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')

export type JsonLd = Readonly<Record<string, unknown>>

/** The nodes of the page's JSON-LD by their type. Throws where there is none. */
export function jsonLdOf(html: string): Readonly<Record<string, JsonLd>> {
  const [, json] = /<script type="application\/ld\+json"[^>]*>([\s\S]*?)<\/script>/.exec(html) ?? []
  if (json === undefined) throw new Error('The page has no JSON-LD')
  const { '@graph': graph } = JSON.parse(json) as { '@graph': readonly JsonLd[] }
  return Object.fromEntries(graph.map((node) => [String(node['@type']), node]))
}

interface Leaf {
  readonly key: string
  readonly value: string
  /** That it stands in. */
  readonly parent: JsonLd
}

/** Every value of JSON-LD; of a list each. */
export function leavesOf(node: unknown, key = '', parent: JsonLd = {}): Leaf[] {
  if (Array.isArray(node)) return node.flatMap((part) => leavesOf(part, key, parent))
  if (typeof node === 'object' && node !== null) {
    return Object.entries(node).flatMap(([name, value]) => leavesOf(value, name, node as JsonLd))
  }
  return [{ key, value: String(node), parent }]
}
