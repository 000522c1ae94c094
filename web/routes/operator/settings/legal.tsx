import { data, redirect } from 'react-router'
import { renderMarkdown } from '../../../markdown.server.ts'
import { Button, ButtonLink } from '../../../ui/button.tsx'
import { Prose } from '../../../ui/prose.tsx'
import { TextArea } from '../../../ui/text-area.tsx'
import { Day } from '../../../ui/time.tsx'
import { accountHeaders, textOf } from '../../account-access/account-request.ts'
import { ErrorSummary } from '../../account-access/error-summary.tsx'
import { TextLink } from '../../account-access/text-link.tsx'
import { noticeOf } from '../../account/account-page.tsx'
import { operatorRequest, orRefusal } from '../operator-request.ts'
import { fieldErrors } from './field-errors.ts'
import { SettingsPage } from './settings-page.tsx'
import type { Route } from './+types/legal.ts'

export const headers = accountHeaders

const path = '/operator/settings/legal'
const pages = ['terms', 'privacy', 'refunds', 'imprint'] as const
const labels = { terms: 'Terms', privacy: 'Privacy', refunds: 'Refunds', imprint: 'Imprint' } as const
const notices = { saved: { title: 'Saved', text: 'The page shows it within ten seconds.' } }

const pageOf = (searchParams: URLSearchParams) => pages.find((page) => page === searchParams.get('page')) ?? 'terms'

export async function loader(args: Route.LoaderArgs) {
  const { services, viewer, searchParams } = operatorRequest(args)
  const page = pageOf(searchParams)
  const { legal } = await orRefusal(services.site.settings(viewer))
  const text = legal[page]
  const document = await services.site.legal(page)
  const own = document?.kind === 'default' ? document.markdown.trim() : ''
  const begun = searchParams.get('from') === 'rialto' ? own : ''
  const published = text === undefined || text.markdown === '' ? undefined : text
  const markdown = published?.markdown ?? begun
  return {
    page,
    markdown,
    published: published && { version: published.version, updatedAt: published.updatedAt },
    canBegin: own !== '' && begun === '',
    html: renderMarkdown(markdown),
    notice: noticeOf(notices, searchParams),
  }
}

export async function action(args: Route.ActionArgs) {
  const { services, viewer, searchParams } = operatorRequest(args)
  const page = pageOf(searchParams)
  const typed = await args.request.formData()
  const form = { page, markdown: textOf(typed, 'markdown') }
  const html = renderMarkdown(form.markdown)
  if (textOf(typed, 'intent') === 'preview') return data({ form, html, errors: {} }, { status: 200 })
  const outcome = await orRefusal(services.site.saveLegal({ viewer, form }))
  if (outcome.kind === 'invalid') return data({ form, html, errors: outcome.errors }, { status: 400 })
  throw redirect(`${path}?page=${page}&notice=saved`, 303)
}

/** What the operator has to say about the marketplace, a page at a time, beside how it will look. */
export default function LegalSettings({ loaderData, actionData }: Route.ComponentProps) {
  const { page, published, canBegin, notice } = loaderData
  const markdown = actionData?.form.markdown ?? loaderData.markdown
  const html = actionData?.html ?? loaderData.html
  const errors = fieldErrors(actionData?.errors ?? {})
  const hasErrors = Object.keys(errors).length > 0
  return (
    <SettingsPage current={path} notice={actionData === undefined ? notice : undefined} hasErrors={hasErrors}>
      <nav aria-label="Legal pages" className="flex flex-wrap gap-16">
        {pages.map((name) => (
          <a
            key={name}
            href={`${path}?page=${name}`}
            className="sort-link py-4"
            aria-current={name === page ? 'page' : undefined}
          >
            {labels[name]}
          </a>
        ))}
      </nav>
      <ErrorSummary errors={errors} />
      <p className="text-muted">
        {published === undefined ? (
          page === 'imprint' ? (
            'Nothing is published. The page says so.'
          ) : (
            'Nothing of yours is published. The page shows what the software itself can say.'
          )
        ) : (
          <>
            Version {published.version}, published <Day iso={published.updatedAt} />.
          </>
        )}{' '}
        <TextLink href={`/legal/${page}`}>See the page</TextLink>
      </p>
      <div className="settings-beside">
        <form method="post" noValidate className="flex min-w-0 flex-col gap-16">
          <TextArea
            label={labels[page]}
            name="markdown"
            rows={28}
            hint="Markdown. Empty: not published."
            defaultValue={markdown}
            error={errors.markdown}
          />
          <div className="flex flex-wrap gap-12">
            <Button>Save</Button>
            <Button kind="secondary" name="intent" value="preview">
              Preview
            </Button>
            {canBegin && published === undefined && markdown === '' && (
              <ButtonLink kind="link" href={`${path}?page=${page}&from=rialto`}>
                Begin with Rialto’s text
              </ButtonLink>
            )}
          </div>
        </form>
        <section aria-labelledby="preview-title" className="flex min-w-0 flex-col gap-12">
          <h2 id="preview-title" className="text-18 font-medium">
            Preview
          </h2>
          {html === '' ? (
            <p className="text-muted">There is nothing to show yet.</p>
          ) : (
            <div className="text-16">
              <Prose html={html} />
            </div>
          )}
        </section>
      </div>
    </SettingsPage>
  )
}
