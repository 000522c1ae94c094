import { data, redirect } from 'react-router'
import { Button } from '../../../ui/button.tsx'
import { type FieldError, TextField } from '../../../ui/field.tsx'
import { accountHeaders, cookieHeaders, rateLimited, textOf } from '../../account-access/account-request.ts'
import { ErrorSummary } from '../../account-access/error-summary.tsx'
import { TextLink } from '../../account-access/text-link.tsx'
import { TooOften } from '../../account-access/too-often.tsx'
import { AccountPage, FormColumn, Section } from '../account-page.tsx'
import { CurrentPassword, wrongPassword } from '../current-password.tsx'
import { personRequest } from '../person-request.ts'
import { QrCode } from './qr-code.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'
import type { Route } from './+types/two-factor.ts'

export const headers = accountHeaders

export async function loader(args: Route.LoaderArgs) {
  const { people, caller, site } = personRequest(args)
  return { codesLeft: await people.countRecoveryCodes(caller), siteName: site.name }
}

interface Step {
  /** The app is to be set up with this; a code confirms it. */
  readonly uri?: string
  readonly recoveryCodes?: readonly string[]
  readonly errors?: { readonly password?: FieldError; readonly code?: FieldError }
  readonly waitSeconds?: number
}

export async function action(args: Route.ActionArgs) {
  personRequest(args)
  const form = await args.request.formData()
  const password = textOf(form, 'password')
  switch (textOf(form, 'intent')) {
    case 'begin':
      return begin(args, password)
    case 'confirm':
      return confirm(args, { code: textOf(form, 'code'), uri: textOf(form, 'uri') })
    case 'renew':
      return renew(args, password)
    case 'end':
      return end(args, password)
    default:
      throw data(null, { status: 400 })
  }
}

const refused = (result: { kind: 'wrong_password' } | { kind: 'rate_limited'; retryAfterSeconds: number }) =>
  result.kind === 'rate_limited'
    ? rateLimited(result.retryAfterSeconds, {} as Step)
    : data<Step>({ errors: { password: wrongPassword } }, { status: 400 })

async function begin(args: Route.ActionArgs, password: string) {
  const { people, caller } = personRequest(args)
  const result = await people.beginTwoFactor(caller, password)
  if (result.kind === 'begun') return data<Step>({ uri: result.uri })
  return result.kind === 'already_on' ? redirect('/account/security/two-factor', 303) : refused(result)
}

async function confirm(args: Route.ActionArgs, { code, uri }: { code: string; uri: string }) {
  const { people, caller } = personRequest(args)
  const result = await people.confirmTwoFactor(caller, code)
  switch (result.kind) {
    case 'on':
      return data<Step>({ recoveryCodes: result.recoveryCodes }, { headers: cookieHeaders(result.cookies) })
    case 'rate_limited':
      return rateLimited(result.retryAfterSeconds, { uri: ownUri(uri) } as Step)
    case 'wrong_code':
      return data<Step>({ uri: ownUri(uri), errors: { code: wrongCode } }, { status: 400 })
  }
}

async function renew(args: Route.ActionArgs, password: string) {
  const { people, caller } = personRequest(args)
  const result = await people.renewRecoveryCodes(caller, password)
  if (result.kind === 'renewed') return data<Step>({ recoveryCodes: result.recoveryCodes })
  return result.kind === 'off' ? redirect('/account/security/two-factor', 303) : refused(result)
}

async function end(args: Route.ActionArgs, password: string) {
  const { people, caller } = personRequest(args)
  const result = await people.endTwoFactor(caller, password)
  if (result.kind !== 'off') return refused(result)
  return redirect('/account/security?notice=two-factor-off', { status: 303, headers: cookieHeaders(result.cookies) })
}

const wrongCode: FieldError = {
  message: 'This code does not fit.',
  remedy: 'Wait for the next one; the clock of your phone must be right.',
}

/** Comes back from the page's own form, so that the same picture is drawn again; anything else is not drawn. */
const ownUri = (text: string): string =>
  text.length <= 500 && text.startsWith('otpauth://totp/') && URL.canParse(text) ? text : ''

export default function TwoFactor({ loaderData: { codesLeft, siteName }, actionData }: Route.ComponentProps) {
  const step: Step = actionData ?? {}
  const errors = step.errors ?? {}
  return (
    <AccountPage
      title="Second step"
      current="/account/security"
      hasErrors={step.errors !== undefined || step.waitSeconds !== undefined}
    >
      <ErrorSummary errors={{ password: errors.password, code: errors.code }} />
      <TooOften seconds={step.waitSeconds} />
      <Content step={step} codesLeft={codesLeft} siteName={siteName} />
    </AccountPage>
  )
}

interface ContentProps {
  readonly step: Step
  readonly codesLeft: number | undefined
  readonly siteName: string
}

function Content({ step, codesLeft, siteName }: ContentProps) {
  if (step.recoveryCodes !== undefined) return <RecoveryCodes codes={step.recoveryCodes} siteName={siteName} />
  if (step.uri) return <ConfirmForm uri={step.uri} error={step.errors?.code} />
  if (codesLeft !== undefined) return <Manage codesLeft={codesLeft} error={step.errors?.password} />
  return (
    <FormColumn>
      <p className="text-muted">
        You need an authenticator app on your phone or computer. After the password, signing in asks for the code that
        it shows.
      </p>
      <form method="post" noValidate className="flex flex-col gap-16">
        <input type="hidden" name="intent" value="begin" />
        <CurrentPassword error={step.errors?.password} />
        <div className="flex flex-wrap items-center gap-16">
          <Button>Set it up</Button>
          <TextLink href="/account/security">Not now</TextLink>
        </div>
      </form>
    </FormColumn>
  )
}

const ConfirmForm = ({ uri, error }: { uri: string; error: FieldError | undefined }) => (
  <FormColumn>
    <p className="text-muted">Scan this with the app, or type the key into it. Then enter the code that it shows.</p>
    <QrCode text={uri} label="QR code for your authenticator app" />
    <p className="flex flex-col gap-4">
      <span className="font-medium">Key</span>
      <code className="figures wrap-anywhere">
        {new URL(uri).searchParams.get('secret')?.replaceAll(/.{4}/g, '$& ')}
      </code>
    </p>
    <form method="post" noValidate className="flex flex-col gap-16">
      <input type="hidden" name="intent" value="confirm" />
      <input type="hidden" name="uri" value={uri} />
      <TextField label="Code" name="code" inputMode="numeric" autoComplete="one-time-code" error={error} required />
      <div>
        <Button>Turn it on</Button>
      </div>
    </form>
  </FormColumn>
)

const Manage = ({ codesLeft, error }: { codesLeft: number; error: FieldError | undefined }) => (
  <>
    <Section id="recovery" title="Recovery codes" intro={`${codesLeft} of 10 are left. New ones replace them.`}>
      <form method="post" noValidate>
        <FormColumn>
          <input type="hidden" name="intent" value="renew" />
          <CurrentPassword error={error} />
          <div>
            <Button kind="secondary">Make new recovery codes</Button>
          </div>
        </FormColumn>
      </form>
    </Section>
    <Section id="end" title="Turn it off" intro="Signing in then takes the password alone.">
      <form method="post" noValidate>
        <FormColumn>
          <input type="hidden" name="intent" value="end" />
          <CurrentPassword id="end-password" />
          <div>
            <Button kind="danger">Turn the second step off</Button>
          </div>
        </FormColumn>
      </form>
    </Section>
  </>
)
