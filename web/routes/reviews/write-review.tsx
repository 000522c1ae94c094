import ChevronDown from 'lucide-react/icons/chevron-down'
import { data, href, redirect } from 'react-router'
import type { Obstacle, OwnReviewPage, ReviewOutcome } from '#src/features/reviews/index.ts'
import { webContext } from '../../context.ts'
import { withReturnTo } from '../../return-to.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { AccessPage } from '../account-access/access-page.tsx'
import { accountHeaders, rateLimited, textOf } from '../account-access/account-request.ts'
import { ErrorSummary } from '../account-access/error-summary.tsx'
import { TextLink } from '../account-access/text-link.tsx'
import { TooOften } from '../account-access/too-often.tsx'
import { personRequest } from '../account/person-request.ts'
import { HiddenNotice } from './hidden-notice.tsx'
import { obstacleWords } from './obstacle-words.ts'
import { writeHref } from './review-paths.ts'
import { ReviewFields, reviewErrors } from './review-fields.tsx'
import type { TypedReview } from './review-fields.tsx'
import type { Route } from './+types/write-review.ts'

export const headers = accountHeaders

/** Somebody's own review: written, changed or deleted here; or what is missing before they may. */
export async function loader(args: Route.LoaderArgs) {
  const { viewer } = personRequest(args)
  const { services } = args.context.get(webContext)
  const own = await services.reviews.own({ slug: args.params.slug, userId: viewer.id })
  if (own === undefined) throw data(null, { status: 404 })
  const isLaunchable = (await services.catalog.findLaunchUri(own.slug)) !== undefined
  return { own, isLaunchable, viewerName: viewer.name }
}

export async function action(args: Route.ActionArgs) {
  const { viewer } = personRequest(args)
  const { reviews } = args.context.get(webContext).services
  const { slug } = args.params
  const form = await args.request.formData()
  const whose = { slug, userId: viewer.id }
  if (textOf(form, 'intent') === 'delete') {
    const outcome = await reviews.remove(whose)
    return answer(outcome, { to: `${href('/agents/:slug/reviews', { slug })}?notice=deleted`, typed: undefined })
  }
  const typed = { rating: textOf(form, 'rating'), title: textOf(form, 'title'), body: textOf(form, 'body') }
  const outcome = await reviews.write({ ...whose, typed: { ...typed, rating: Number(typed.rating) } })
  return answer(outcome, { to: `${href('/agents/:slug/reviews', { slug })}?notice=saved`, typed })
}

interface Sent {
  readonly to: string
  readonly typed: TypedReview | undefined
}

function answer(outcome: ReviewOutcome, { to, typed }: Sent) {
  const shown = { typed, errors: {}, waitSeconds: undefined }
  switch (outcome.kind) {
    case 'done':
      throw redirect(to, 303)
    case 'invalid':
      return data({ ...shown, errors: outcome.errors }, { status: 400 })
    case 'rate_limited':
      return rateLimited(outcome.retryAfterSeconds, shown)
    case 'refused':
      // The page says why, as its loader sees it.
      return data(shown, { status: 403 })
    case 'missing':
      throw data(null, { status: 404 })
  }
}

export default function WriteReview({ loaderData, actionData }: Route.ComponentProps) {
  const { own } = loaderData
  const { obstacle } = own
  return obstacle === null ? (
    <Form {...loaderData} sent={actionData} />
  ) : (
    <InTheWay {...loaderData} obstacle={obstacle} />
  )
}

interface OwnProps {
  readonly own: OwnReviewPage
  readonly isLaunchable: boolean
}

interface FormProps {
  readonly own: OwnReviewPage
  readonly viewerName: string
  readonly sent: Route.ComponentProps['actionData']
}

function Form({ own, viewerName, sent }: FormProps) {
  const { name, slug, review } = own
  const errors = reviewErrors(sent?.errors ?? {})
  const kept = review === null ? { rating: '', title: '', body: '' } : { ...review, rating: String(review.rating) }
  const hasErrors = Object.values(errors).some((error) => error !== undefined)
  return (
    <AccessPage
      title={review === null ? `Review ${name}` : `Your review of ${name}`}
      intro={
        <>
          Shown with your name, <bdi>{viewerName}</bdi>, and with how often and how long you have used it.
        </>
      }
      state={hasErrors ? 'error' : undefined}
      footer={<BackLink name={name} slug={slug} />}
    >
      <ErrorSummary errors={errors} />
      <TooOften seconds={sent?.waitSeconds} />
      {review?.hidden != null && <HiddenNotice reason={review.hidden.reason} />}
      <form method="post" className="flex flex-col gap-24">
        <ReviewFields typed={sent?.typed ?? kept} errors={errors} />
        <Button>{review === null ? 'Publish review' : 'Save changes'}</Button>
      </form>
      {review !== null && <Deletion name={name} />}
    </AccessPage>
  )
}

function InTheWay({ own, isLaunchable, obstacle }: OwnProps & { readonly obstacle: Obstacle }) {
  const { name, slug, review } = own
  const { title, text } = obstacleWords(obstacle, name)
  return (
    <AccessPage
      title={title}
      intro={text}
      action={<WayOn obstacle={obstacle} name={name} slug={slug} isLaunchable={isLaunchable} />}
      footer={<BackLink name={name} slug={slug} />}
    >
      {review === null ? undefined : <Deletion name={name} />}
    </AccessPage>
  )
}

interface WayOnProps {
  readonly obstacle: Obstacle
  readonly name: string
  readonly slug: string
  readonly isLaunchable: boolean
}

function WayOn({ obstacle, name, slug, isLaunchable }: WayOnProps) {
  if (obstacle === 'email_unverified') {
    return <ButtonLink href={withReturnTo('/verify-email', writeHref(slug))}>Confirm your address</ButtonLink>
  }
  if ((obstacle === 'not_used' || obstacle === 'used_on_one_day') && isLaunchable) {
    return <ButtonLink href={href('/agents/:slug/launch', { slug })}>Launch {name}</ButtonLink>
  }
  return <ButtonLink href={href('/agents/:slug', { slug })}>About {name}</ButtonLink>
}

const BackLink = ({ name, slug }: { name: string; slug: string }) => (
  <p>
    <TextLink href={href('/agents/:slug/reviews', { slug })}>Reviews of {name}</TextLink>
  </p>
)

const Deletion = ({ name }: { name: string }) => (
  <details className="disclosure">
    <summary>
      Delete your review
      <Icon of={ChevronDown} />
    </summary>
    <form method="post" className="flex flex-col gap-12 pt-8">
      <p className="text-14 text-muted">What you wrote and the publisher’s answer go for good.</p>
      <Button kind="danger" name="intent" value="delete">
        Delete your review of {name}
      </Button>
    </form>
  </details>
)
