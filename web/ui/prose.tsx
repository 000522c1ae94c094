import type { SafeHtml } from '#web/markdown.server.ts'

/** Sanitised markdown in the measure of a book. The brand on the type is what allows it to be set as HTML. */
export const Prose = ({ html }: { html: SafeHtml }) => (
  <div className="prose" dangerouslySetInnerHTML={{ __html: html }} />
)
