import { data, redirect } from 'react-router'
import { Button } from '../../../ui/button.tsx'
import { TextField } from '../../../ui/field.tsx'
import { SelectField } from '../../../ui/select-field.tsx'
import { accountHeaders, textOf } from '../../account-access/account-request.ts'
import { ErrorSummary } from '../../account-access/error-summary.tsx'
import { FormColumn, noticeOf } from '../../account/account-page.tsx'
import { operatorRequest, orRefusal } from '../operator-request.ts'
import { fieldErrors } from './field-errors.ts'
import { SettingsPage } from './settings-page.tsx'
import type { Route } from './+types/general.ts'

export const headers = accountHeaders

const path = '/operator/settings/general'
const notices = { saved: { title: 'Saved', text: 'Every page shows it within ten seconds.' } }

export async function loader(args: Route.LoaderArgs) {
  const { services, viewer, searchParams } = operatorRequest(args)
  const { name, supportEmail, currency, currencies } = await orRefusal(services.site.settings(viewer))
  return {
    saved: { name, supportEmail: supportEmail ?? '', currency },
    currencies,
    notice: noticeOf(notices, searchParams),
  }
}

export async function action(args: Route.ActionArgs) {
  const { services, viewer } = operatorRequest(args)
  const typed = await args.request.formData()
  const form = {
    name: textOf(typed, 'name'),
    supportEmail: textOf(typed, 'supportEmail'),
    currency: textOf(typed, 'currency'),
  }
  const outcome = await orRefusal(services.site.saveGeneral({ viewer, form }))
  if (outcome.kind === 'invalid') return data({ form, errors: outcome.errors }, { status: 400 })
  throw redirect(`${path}?notice=saved`, 303)
}

const names = new Intl.DisplayNames('en', { type: 'currency' })

/** What the marketplace is called, whom people write to, and what prices are in. */
export default function GeneralSettings({ loaderData, actionData }: Route.ComponentProps) {
  const { saved, currencies, notice } = loaderData
  const shown = actionData?.form ?? saved
  const errors = fieldErrors(actionData?.errors ?? {})
  const hasErrors = actionData !== undefined
  return (
    <SettingsPage current={path} notice={hasErrors ? undefined : notice} hasErrors={hasErrors}>
      <ErrorSummary errors={errors} />
      <form method="post" noValidate>
        <FormColumn>
          <TextField
            label="Name"
            name="name"
            hint="In the header, in titles and in mails. Empty: Rialto."
            defaultValue={shown.name}
            error={errors.name}
            autoComplete="off"
          />
          <TextField
            label="Support e-mail"
            name="supportEmail"
            type="email"
            hint="Shown in the footer and on legal pages, and in security.txt. Empty: none."
            defaultValue={shown.supportEmail}
            error={errors.supportEmail}
            autoComplete="off"
          />
          <SelectField
            label="Currency"
            name="currency"
            hint="Of prices for which a publisher has chosen none."
            options={currencies.map((code) => ({ value: code, label: `${code} · ${names.of(code) ?? code}` }))}
            defaultValue={shown.currency}
            error={errors.currency}
          />
          <div>
            <Button>Save</Button>
          </div>
        </FormColumn>
      </form>
    </SettingsPage>
  )
}
