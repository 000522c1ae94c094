import type { Element, Nodes, Root } from 'hast'
import rehypeSanitize, { defaultSchema, type Options as Schema } from 'rehype-sanitize'
import rehypeStringify from 'rehype-stringify'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import remarkRehype from 'remark-rehype'
import { unified } from 'unified'

/** HTML that only renderMarkdown makes. */
export type SafeHtml = string & { readonly __brand: 'SafeHtml' }

/** Longer text is cut: parsing is not linear in every case, and a description has no use for more. */
const charactersMax = 50_000

// Text comes from strangers: no raw HTML, no images from other hosts (the page's policy would block them), links tell
// search engines nothing, and headings start below the page's own.
const schema: Schema = {
  ...defaultSchema,
  tagNames: (defaultSchema.tagNames ?? []).filter(
    (name) => !['img', 'picture', 'source', 'input', 'details'].includes(name),
  ),
  clobberPrefix: 'text-',
}

interface Rendering {
  /** What the text's highest heading becomes: one below the heading that it stands under. 3 when left out. */
  readonly topHeading?: 2 | 3
}

/** Markdown (CommonMark with GitHub's tables and lists) to sanitised HTML. */
export function renderMarkdown(markdown: string, { topHeading = 3 }: Rendering = {}): SafeHtml {
  const file = unified()
    .use(remarkParse)
    .use(remarkGfm)
    .use(remarkRehype)
    .use(rehypeSanitize, schema)
    .use(placeHeadings, topHeading)
    .use(distrustLinks)
    .use(rehypeStringify)
    .processSync(markdown.slice(0, charactersMax))
  return String(file) as SafeHtml
}

const levelOf = ({ tagName }: Element): number | undefined => {
  const level = /^h([1-6])$/.exec(tagName)?.[1]
  return level === undefined ? undefined : Number(level)
}

/** So that none is left out between the page's headings and the text's, however deep it begins. */
const placeHeadings = (top: number) => (tree: Root) => {
  let highest = 6
  eachElement(tree, (element) => {
    highest = Math.min(highest, levelOf(element) ?? 6)
  })
  eachElement(tree, (element) => {
    const level = levelOf(element)
    if (level !== undefined) element.tagName = `h${Math.min(level - highest + top, 6)}`
  })
}

const distrustLinks = () => (tree: Root) =>
  eachElement(tree, (element) => {
    if (element.tagName === 'a') element.properties.rel = 'nofollow ugc noopener'
  })

function eachElement(node: Nodes, visit: (element: Element) => void): void {
  if (node.type === 'element') visit(node)
  if (node.type === 'element' || node.type === 'root') for (const child of node.children) eachElement(child, visit)
}
