import { data } from 'react-router'
import { webContext } from '#web/context.ts'
import { renderMarkdown } from '#web/markdown.server.ts'
import { ConsoleLayout } from '#web/shell/console-layout.tsx'
import { PageMeta } from '#web/shell/page-meta.tsx'
import { Button } from '#web/ui/button.tsx'
import { ErrorState, ExpiredLink } from '#web/ui/error-state.tsx'
import { Prose } from '#web/ui/prose.tsx'
import type { Route } from './+types/ui.ts'
import { ControlSpecimens } from './control-specimens.tsx'
import { DisplaySpecimens } from './display-specimens.tsx'
import { Specimens } from './specimens.tsx'

const sample = `A paragraph with a [link](https://example.com), **weight** and \`code\`.

## A heading

- one
- two

> A quotation.

\`\`\`
npm install something
\`\`\`

| metric | units |
|---|---|
| messages | 12 |
`

export function loader({ context }: Route.LoaderArgs) {
  if (!context.get(webContext).site.showsDevPages) throw data(null, { status: 404 })
  return { prose: renderMarkdown(sample) }
}

/** Every part in every state, both themes side by side: what a change to a part is looked at with. */
export default function Parts({ loaderData }: Route.ComponentProps) {
  return (
    <div id="parts" className="px-page py-32">
      <PageMeta title="Parts" />
      <h1 className="display pb-32 text-36">Parts</h1>
      <div className="grid xl:grid-cols-2">
        {(['light', 'dark'] as const).map((theme) => (
          <div key={theme} data-theme={theme} className="theme-pane">
            <h2 className="display pb-16 text-22">{theme === 'light' ? 'Light' : 'Dark'}</h2>
            <ControlSpecimens prefix={theme} />
            <DisplaySpecimens prefix={theme} />
            <Specimens title="Prose">
              <Prose html={loaderData.prose} />
            </Specimens>
            <Specimens title="Console page">
              <ConsoleLayout
                area={`Account, ${theme}`}
                title="Subscriptions"
                level="h4"
                currentHref="#subscriptions"
                links={[
                  { label: 'Subscriptions', href: '#subscriptions' },
                  { label: 'Invoices', href: '#invoices' },
                ]}
                action={<Button size="console">Export</Button>}
              >
                <p className="text-muted">Filters, a count, a table.</p>
              </ConsoleLayout>
            </Specimens>
            <Specimens title="Pages that can't be shown">
              {[403, 404, 429, 500, 503].map((status) => (
                <ErrorState key={status} status={status} requestId="4f0c…9a1e" level="h4" />
              ))}
              <ExpiredLink
                level="h4"
                title="This verification link has expired"
                text="Links work for 24 hours and once. Your account is kept as it was."
                action={<Button type="button">Send a new link</Button>}
              />
            </Specimens>
          </div>
        ))}
      </div>
    </div>
  )
}
