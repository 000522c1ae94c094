import { data, redirect } from 'react-router'
import { webContext } from '../../context.ts'
import { pathOnThisSite } from '../../return-to.ts'
import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { AccessPage } from '../account-access/access-page.tsx'
import { accountHeaders, textOf } from '../account-access/account-request.ts'
import { TextLink } from '../account-access/text-link.tsx'
import { TooOften } from '../account-access/too-often.tsx'
import { personRequest } from '../account/person-request.ts'
import { shownFailure } from './outcome.ts'
import type { Route } from './+types/favourite.ts'

export const headers = accountHeaders

/** Where somebody stands who had to sign in first: opening it changes nothing. */
export async function loader(args: Route.LoaderArgs) {
  const { viewer } = personRequest(args)
  const { services } = args.context.get(webContext)
  const agent = await services.engagement.agent(args.params.slug)
  if (agent === undefined) throw data(null, { status: 404 })
  const { slug, name } = agent
  const standing = await services.engagement.standing({ slug, viewer })
  return { slug, name, isFavourite: standing?.isFavourite ?? false }
}

export async function action(args: Route.ActionArgs) {
  const { viewer } = personRequest(args)
  const { services } = args.context.get(webContext)
  const form = await args.request.formData()
  const { slug } = args.params
  const isFavourite = textOf(form, 'intent') !== 'remove'
  const outcome = await services.engagement.setFavourite({ slug, userId: viewer.id, isFavourite })
  if (outcome.kind !== 'done') return shownFailure(outcome)
  const returnTo = pathOnThisSite(textOf(form, 'returnTo'))
  return redirect(returnTo === '/' ? `/agents/${encodeURIComponent(slug)}` : returnTo, 303)
}

export default function Favourite({ loaderData: { slug, name, isFavourite }, actionData }: Route.ComponentProps) {
  return (
    <AccessPage
      title={isFavourite ? `${name} is a favourite` : `Keep ${name} in mind?`}
      intro="Your favourites are listed in your account; nobody else sees them."
      state={actionData === undefined ? undefined : 'error'}
      footer={
        <p>
          <TextLink href={`/agents/${slug}`}>Back to {name}</TextLink>
        </p>
      }
    >
      <TooOften seconds={actionData?.waitSeconds} />
      {actionData?.kind === 'refused' && (
        <Notice tone="bad" role="alert" title="Your list of favourites is full">
          Remove some <TextLink href="/account/favourites">in your account</TextLink>; nothing was changed.
        </Notice>
      )}
      <form method="post" className="flex flex-col">
        <input type="hidden" name="intent" value={isFavourite ? 'remove' : 'add'} />
        <Button kind={isFavourite ? 'secondary' : 'ink'}>
          {isFavourite ? 'Remove from favourites' : 'Add to favourites'}
        </Button>
      </form>
    </AccessPage>
  )
}
