import { data, redirect } from 'react-router'
import ChevronDown from 'lucide-react/icons/chevron-down'
import EyeOff from 'lucide-react/icons/eye-off'
import { webContext } from '../../../context.ts'
import { renderMarkdown } from '../../../markdown.server.ts'
import { ArchIcon } from '../../../ui/arch/arch-icon.tsx'
import { Badge } from '../../../ui/badge.tsx'
import { Button, ButtonLink } from '../../../ui/button.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Icon } from '../../../ui/icon.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Pagination } from '../../../ui/pagination.tsx'
import { Prose } from '../../../ui/prose.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import { accountHeaders, textOf } from '../../account-access/account-request.ts'
import { TextLink } from '../../account-access/text-link.tsx'
import { reviewsHref, writeHref } from '../../reviews/review-paths.ts'
import { StarRow } from '../../reviews/star-row.tsx'
import { AccountPage, noticeOf, Section } from '../account-page.tsx'
import { personRequest } from '../person-request.ts'
import type { Route } from './+types/reviews.ts'

export const headers = accountHeaders

const path = '/account/reviews'

const notices = { deleted: { title: 'Your review is deleted', text: 'It counts in no rating any more.' } }

export async function loader(args: Route.LoaderArgs) {
  const { viewer, searchParams } = personRequest(args)
  const { reviews } = args.context.get(webContext).services
  const cursor = searchParams.get('cursor') ?? undefined
  const written = await reviews.written({ userId: viewer.id, cursor }).catch((error: unknown) => {
    // A cursor that was cut short: the first page helps more than an error.
    if (cursor !== undefined && (error as { code?: unknown }).code === 'invalid_request') throw redirect(path)
    throw error
  })
  const items = written.items.map((review) => ({
    ...review,
    html: renderMarkdown(review.body),
    reply: review.reply && { ...review.reply, html: renderMarkdown(review.reply.body) },
  }))
  const notice = noticeOf(notices, searchParams)
  return { ...written, items, isFirst: cursor === undefined, now: Date.now(), notice }
}

export async function action(args: Route.ActionArgs) {
  const { viewer } = personRequest(args)
  const { reviews } = args.context.get(webContext).services
  const form = await args.request.formData()
  const outcome = await reviews.remove({ slug: textOf(form, 'agent'), userId: viewer.id })
  if (outcome.kind !== 'done') throw data(null, { status: 404 })
  return redirect(`${path}?notice=deleted`, 303)
}

/** What somebody has said about agents: who sees it, what was answered, and the way to change or take it away. */
export default function Reviews({ loaderData }: Route.ComponentProps) {
  const { items, reviewable, nextCursor, isFirst, now, notice } = loaderData
  return (
    <AccountPage title="Reviews" current={path} notice={notice}>
      {items.length === 0 && isFirst ? (
        reviewable.length === 0 && (
          <EmptyState
            title="You have reviewed nothing yet"
            action={<ButtonLink href="/account/connected-agents">Agents you signed in to</ButtonLink>}
          >
            Sign in to an agent on two different days, then say how it was. What you write is listed here.
          </EmptyState>
        )
      ) : (
        <ul className="review-column">
          {items.map((review) => (
            <li key={review.id}>
              <Written review={review} now={now} />
            </li>
          ))}
        </ul>
      )}
      <Pagination
        label="Pages of your reviews"
        previousHref={isFirst ? undefined : path}
        nextHref={nextCursor === undefined ? undefined : `${path}?cursor=${encodeURIComponent(nextCursor)}`}
      />
      {reviewable.length > 0 && (
        <Section
          id="reviewable"
          title={items.length === 0 ? 'You have reviewed nothing yet' : 'You could review'}
          intro="You have used these on two days or more. What you write is shown with your name and your use."
        >
          <ul className="ledger-list max-w-prose">
            {reviewable.map(({ slug, name }) => (
              <li key={slug} className="flex flex-wrap items-center justify-between gap-12">
                <AgentLink agent={{ slug, name }} href={`/agents/${slug}`} />
                <ButtonLink kind="secondary" size="console" href={writeHref(slug)}>
                  Write a review<span className="sr-only"> of {name}</span>
                </ButtonLink>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </AccountPage>
  )
}

interface WrittenProps {
  readonly review: Route.ComponentProps['loaderData']['items'][number]
  readonly now: number
}

function Written({ review, now }: WrittenProps) {
  const { agent, rating, title, body, html, createdAt, editedAt, hidden, reply } = review
  const isEmptied = hidden !== null && title === '' && body === ''
  return (
    <article aria-label={`Review of ${agent.name}`} className="written-review">
      <div className="flex flex-wrap items-center justify-between gap-12">
        <AgentLink agent={agent} href={agent.isListed ? reviewsHref({ slug: agent.slug }) : undefined} />
        {!agent.isListed && <Badge icon={EyeOff}>Not listed now</Badge>}
      </div>
      <p className="flex flex-wrap items-center gap-x-12 gap-y-4 text-muted">
        <StarRow rating={rating} />
        <span>
          <RelativeTime iso={createdAt} now={now} />
          {editedAt !== null && (
            <>
              , changed <RelativeTime iso={editedAt} now={now} />
            </>
          )}
        </span>
      </p>
      {title !== '' && (
        <h2 className="text-16 font-medium wrap-anywhere">
          <bdi>{title}</bdi>
        </h2>
      )}
      {body !== '' && (
        <div dir="auto">
          <Prose html={html} />
        </div>
      )}
      {hidden !== null && (
        <Notice tone="warning" title="An operator hid it: only you see it">
          <p className="wrap-anywhere">
            They say why: <q>{hidden.reason}</q>
          </p>
          <p>
            It counts in no rating.{' '}
            {isEmptied
              ? 'You deleted its words.'
              : agent.isListed && 'You can change it; an operator decides whether it is shown again.'}
          </p>
        </Notice>
      )}
      {reply !== null && (
        <div className="review-reply">
          <p className="text-muted wrap-anywhere">
            <bdi className="font-medium text-ink">{reply.by}</bdi> answered{' '}
            <RelativeTime iso={reply.repliedAt} now={now} />
          </p>
          <div dir="auto">
            <Prose html={reply.html} />
          </div>
        </div>
      )}
      {!isEmptied && (
        <div className="flex flex-wrap items-start gap-x-24">
          {agent.isListed && (
            <TextLink href={writeHref(agent.slug)}>
              Change<span className="sr-only"> your review of {agent.name}</span>
            </TextLink>
          )}
          <Deletion agent={agent} />
        </div>
      )}
    </article>
  )
}

interface AgentLinkProps {
  readonly agent: { readonly slug: string; readonly name: string }
  readonly href: string | undefined
}

function AgentLink({ agent: { slug, name }, href }: AgentLinkProps) {
  const shown = (
    <>
      <ArchIcon slug={slug} className="size-tile-s" />
      <span className="min-w-0 wrap-anywhere">{name}</span>
    </>
  )
  const look = 'inline-flex min-w-0 items-center gap-8 font-medium'
  return href === undefined ? (
    <span className={look}>{shown}</span>
  ) : (
    <a href={href} className={look}>
      {shown}
    </a>
  )
}

const Deletion = ({ agent: { slug, name } }: Pick<AgentLinkProps, 'agent'>) => (
  <details className="written-review-deletion">
    <summary className="text-canal">
      Delete<span className="sr-only"> your review of {name}</span>
      <Icon of={ChevronDown} />
    </summary>
    <form method="post" className="flex flex-col items-start gap-12 py-8">
      <input type="hidden" name="agent" value={slug} />
      <p className="text-muted">What you wrote and the publisher’s answer go for good.</p>
      <Button kind="danger" size="console">
        Delete your review of {name}
      </Button>
    </form>
  </details>
)
