import { data, href, redirect } from 'react-router'
import type { FieldErrors, OneReviewPage, ReviewOutcome } from '#src/features/reviews/index.ts'
import { webContext } from '../../context.ts'
import { PageMeta } from '../../shell/page-meta.tsx'
import { Breadcrumbs } from '../../ui/breadcrumbs.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { accountHeaders, rateLimited, textOf } from '../account-access/account-request.ts'
import { TooOften } from '../account-access/too-often.tsx'
import { personRequest } from '../account/person-request.ts'
import { ModerationForm, ReplyForm, ReportForm } from './review-forms.tsx'
import { renderReview } from './rendered.server.ts'
import { ReviewItem } from './review-item.tsx'
import { writeHref } from './review-paths.ts'
import type { Route } from './+types/review.ts'

export const headers = accountHeaders

/** One review, for whoever has something to do about it: its agent's publisher, an operator, or who reports it. */
export async function loader(args: Route.LoaderArgs) {
  const { viewer } = personRequest(args)
  const one = await args.context.get(webContext).services.reviews.one({ ...args.params, viewer })
  if (one === undefined) throw data(null, { status: 404 })
  return { one, review: renderReview(one.review), isOperator: viewer.isOperator, now: Date.now() }
}

export async function action(args: Route.ActionArgs) {
  const { viewer } = personRequest(args)
  const { reviews } = args.context.get(webContext).services
  const form = await args.request.formData()
  const which = { ...args.params, viewer }
  const { slug } = args.params
  const intent = textOf(form, 'intent')
  switch (intent) {
    case 'reply': {
      const typed = { body: textOf(form, 'body') }
      return answer({ outcome: await reviews.reply({ ...which, typed }), notice: 'replied', slug, typed })
    }
    case 'remove-reply':
      return answer({ outcome: await reviews.removeReply(which), notice: 'reply-removed', slug, typed: {} })
    case 'report': {
      const typed = { reason: textOf(form, 'reason'), details: textOf(form, 'details') }
      return answer({ outcome: await reviews.report({ ...which, typed }), notice: 'reported', slug, typed })
    }
    case 'hide':
    case 'unhide':
    case 'keep': {
      const typed = { reason: textOf(form, 'reason') }
      const outcome = await reviews.moderate({ ...which, act: intent, typed })
      return answer({ outcome, notice: intent, slug, typed })
    }
    default:
      throw data(null, { status: 400 })
  }
}

type Typed = Partial<Readonly<Record<'body' | 'reason' | 'details', string>>>

interface Done {
  readonly outcome: ReviewOutcome
  readonly notice: string
  readonly slug: string
  /** Kept where something has to be changed. */
  readonly typed: Typed
}

function answer({ outcome, notice, slug, typed }: Done) {
  const shown: { typed: Typed; errors: FieldErrors; waitSeconds: number | undefined } = {
    typed,
    errors: {},
    waitSeconds: undefined,
  }
  switch (outcome.kind) {
    case 'done':
      throw redirect(`${href('/agents/:slug/reviews', { slug })}?notice=${notice}`, 303)
    case 'invalid':
      return data({ ...shown, errors: outcome.errors }, { status: 400 })
    case 'rate_limited':
      return rateLimited(outcome.retryAfterSeconds, shown)
    case 'refused':
    case 'missing':
      throw data(null, { status: 404 })
  }
}

export default function OneReview({ loaderData, actionData }: Route.ComponentProps) {
  const { one, review, isOperator, now } = loaderData
  const { slug, name, isAuthor, isHidden, mayReply } = one
  const errors: FieldErrors = actionData?.errors ?? {}
  const typed: Typed = actionData?.typed ?? {}
  const title = `A review of ${name}`
  return (
    <div className="wrap-page flex flex-col gap-24 pt-32">
      <PageMeta title={Object.keys(errors).length === 0 ? title : `Error: ${title}`} />
      <Crumbs one={one} />
      <h1 className="display text-36 wrap-anywhere">{title}</h1>
      {isHidden && <Notice tone="warning" title="Hidden: only its author and operators see it" />}
      <TooOften seconds={actionData?.waitSeconds} />
      <div className="review-column">
        <ReviewItem review={review} now={now} />
        {isAuthor && (
          <p>
            <ButtonLink href={writeHref(slug)}>Change your review</ButtonLink>
          </p>
        )}
        {mayReply && !isHidden && <ReplyForm reply={review.reply?.body} typed={typed.body} error={errors['body']} />}
        {isOperator && (
          <ModerationForm reports={one.reports} isHidden={isHidden} typed={typed.reason} error={errors['reason']} />
        )}
        {!isAuthor && !isOperator && <ReportForm typed={typed} errors={errors} isSecond={mayReply} />}
      </div>
    </div>
  )
}

const Crumbs = ({ one: { slug, name } }: { one: OneReviewPage }) => (
  <Breadcrumbs
    crumbs={[
      { label: 'Agents', href: href('/agents') },
      { label: name, href: href('/agents/:slug', { slug }) },
      { label: 'Reviews', href: href('/agents/:slug/reviews', { slug }) },
      { label: 'One review' },
    ]}
  />
)
