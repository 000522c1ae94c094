import { data, redirect } from 'react-router'
import type { EntryFacts } from '#src/features/catalog/index.ts'
import { Breadcrumbs } from '../../../ui/breadcrumbs.tsx'
import { Button } from '../../../ui/button.tsx'
import { TextField } from '../../../ui/field.tsx'
import type { FieldError } from '../../../ui/field.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Table } from '../../../ui/table.tsx'
import { TextArea } from '../../../ui/text-area.tsx'
import { Day } from '../../../ui/time.tsx'
import { accountHeaders, textOf } from '../../account-access/account-request.ts'
import { ErrorSummary } from '../../account-access/error-summary.tsx'
import { TextLink } from '../../account-access/text-link.tsx'
import { FormColumn, noticeOf, Section } from '../../account/account-page.tsx'
import { OperatorPage } from '../operator-page.tsx'
import { operatorRequest, orRefusal } from '../operator-request.ts'
import { entryHref, factLabels, typedFacts } from './facts.ts'
import type { FactName, TypedFacts } from './facts.ts'
import type { Route } from './+types/entry.ts'

export const headers = accountHeaders

const notices = {
  saved: { title: 'Corrected', text: 'The entry says so within ten seconds; an update of the directory keeps it.' },
}

export async function loader(args: Route.LoaderArgs) {
  const { services, viewer, searchParams } = operatorRequest(args)
  const { slug } = args.params
  try {
    const entry = await orRefusal(services.catalog.entry(viewer, slug))
    return { entry, today: new Date().toISOString().slice(0, 10), notice: noticeOf(notices, searchParams) }
  } catch (error) {
    // It has a publisher: its page says whose it is.
    if ((error as { code?: unknown }).code === 'conflict') throw redirect(`/agents/${slug}`, 303)
    throw error
  }
}

export async function action(args: Route.ActionArgs) {
  const { services, viewer } = operatorRequest(args)
  const { slug } = args.params
  const form = await args.request.formData()
  const typed = Object.fromEntries(Object.keys(factLabels).map((name) => [name, textOf(form, name)])) as TypedFacts
  const outcome = await orRefusal(services.catalog.correctEntry(viewer, { slug, typed }))
  if (outcome.kind === 'invalid') return data({ typed, errors: outcome.errors }, { status: 400 })
  throw redirect(outcome.kind === 'done' ? `${entryHref(slug)}?notice=saved` : `/agents/${slug}`, 303)
}

/** The facts of an entry that nobody has claimed, corrected by who has looked, with where and when. */
export default function EntryPage({ loaderData: { entry, today, notice }, actionData }: Route.ComponentProps) {
  const { name, slug, sources } = entry
  const shown = actionData?.typed ?? { ...typedFacts(entry), checkedAt: today }
  const errors = errorsOf(actionData?.errors ?? {})
  const field = (fact: FactName, hint?: string) => ({
    name: fact,
    label: factLabels[fact],
    defaultValue: shown[fact],
    error: errors[fact],
    ...(hint === undefined ? {} : { hint }),
  })
  return (
    <OperatorPage title={`Correct ${name}`} current="/operator/claims" hasErrors={actionData !== undefined}>
      <Breadcrumbs crumbs={[{ label: name, href: `/agents/${slug}` }, { label: 'Correct it' }]} />
      {notice !== undefined && actionData === undefined && (
        <Notice tone="good" title={notice.title}>
          {notice.text}
        </Notice>
      )}
      <ErrorSummary errors={errors} />
      <form method="post" noValidate className="flex flex-col gap-32">
        <Section
          id="facts"
          title="Facts"
          intro="What the page says of the project. Empty: not known, and nothing is said."
        >
          <FormColumn>
            <TextField {...field('tagline')} maxLength={200} />
            <TextField {...field('publisherName', 'Who makes it, as they call themselves.')} maxLength={200} />
            <TextField
              {...field(
                'homepageUrl',
                'A claim is proven at its host; one that waits at another host has to be begun anew.',
              )}
              type="url"
            />
            <TextField {...field('repositoryUrl')} type="url" />
            <TextField {...field('documentationUrl')} type="url" />
            <TextField {...field('license', 'An SPDX identifier where there is one, such as MIT.')} maxLength={100} />
            <TextArea {...field('licenseNote', 'What the identifier leaves out.')} maxLength={1_000} rows={2} />
            <TextField {...field('runsAs', 'Separated by commas: command line, web app.')} />
            <TextField {...field('languages', 'Separated by commas.')} />
          </FormColumn>
        </Section>
        <Section id="source" title="Where you saw it" intro="Named on the page, beside the sources before it.">
          <FormColumn>
            <TextField {...field('sourceUrl')} type="url" />
            <TextField {...field('sourceTitle', 'What the page is, such as “LICENSE in the repository”.')} />
            <TextField {...field('checkedAt')} type="date" max={today} />
            <div>
              <Button>Correct {name}</Button>
            </div>
          </FormColumn>
        </Section>
      </form>
      {sources.length > 0 && <Sources sources={sources} />}
    </OperatorPage>
  )
}

function errorsOf(messages: Readonly<Record<string, string>>): Readonly<Record<string, FieldError>> {
  const known = Object.entries(factLabels).filter(([name]) => messages[name] !== undefined)
  return Object.fromEntries(known.map(([name, label]) => [name, { message: `${label} ${messages[name]}.` }]))
}

const Sources = ({ sources }: Pick<EntryFacts, 'sources'>) => (
  <Section id="sources" title="Sources so far">
    <Table
      caption="Where its facts come from"
      size="console"
      rows={sources}
      rowKey={({ url }) => url}
      columns={[
        { key: 'title', label: 'What', cell: ({ url, title }) => <TextLink href={url}>{title}</TextLink> },
        { key: 'checkedAt', label: 'Looked at', cell: ({ checkedAt }) => <Day iso={checkedAt} /> },
      ]}
    />
  </Section>
)
