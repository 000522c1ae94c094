import { data, redirect } from 'react-router'
import { webContext } from '../../../context.ts'
import { Mark } from '../../../shell/mark.tsx'
import { Button } from '../../../ui/button.tsx'
import { Checkbox } from '../../../ui/choice.tsx'
import { TextField } from '../../../ui/field.tsx'
import { FileField } from '../../../ui/file-field.tsx'
import { accountHeaders, textOf } from '../../account-access/account-request.ts'
import { ErrorSummary } from '../../account-access/error-summary.tsx'
import { FormColumn, noticeOf } from '../../account/account-page.tsx'
import { operatorRequest, orRefusal } from '../operator-request.ts'
import { AccentPreview } from './accent-preview.tsx'
import { fieldErrors } from './field-errors.ts'
import { SettingsPage } from './settings-page.tsx'
import type { Route } from './+types/branding.ts'

export const headers = accountHeaders

const path = '/operator/settings/branding'
const notices = { saved: { title: 'Saved', text: 'Every page shows it within ten seconds.' } }

export async function loader(args: Route.LoaderArgs) {
  const { services, viewer, searchParams } = operatorRequest(args)
  const { accent } = await orRefusal(services.site.settings(viewer))
  const { name, mark } = args.context.get(webContext).site
  const saved = { accentLight: accent?.light ?? '', accentDark: accent?.dark ?? '' }
  return { saved, name, mark, notice: noticeOf(notices, searchParams) }
}

export async function action(args: Route.ActionArgs) {
  const { services, viewer } = operatorRequest(args)
  const typed = await args.request.formData()
  const form = { accentLight: textOf(typed, 'accentLight'), accentDark: textOf(typed, 'accentDark') }
  const { errors, previewProperties } = services.site.judgeAccent(form)
  const mark = await pictureOf(typed)
  if (textOf(typed, 'intent') === 'preview') {
    return data({ form, errors, previewProperties, losesPicture: mark !== undefined }, { status: 200 })
  }
  const wish = { ...form, mark, removesMark: typed.has('removesMark') }
  const outcome = await orRefusal(services.site.saveBranding({ viewer, form: wish }))
  if (outcome.kind === 'saved') throw redirect(`${path}?notice=saved`, 303)
  return data({ form, errors: outcome.errors, previewProperties, losesPicture: mark !== undefined }, { status: 400 })
}

/** An empty chooser sends a file without a name and without bytes. */
async function pictureOf(form: FormData): Promise<Uint8Array | undefined> {
  const file = form.get('mark')
  if (!(file instanceof File) || (file.name === '' && file.size === 0)) return undefined
  return new Uint8Array(await file.arrayBuffer())
}

const chooseAgain = 'Choose the picture again before you save: a browser doesn’t keep it.'

/** The marketplace's mark and its colour. */
export default function BrandingSettings({
  loaderData: { saved, name, mark, notice },
  actionData,
}: Route.ComponentProps) {
  const shown = actionData?.form ?? saved
  const errors = fieldErrors(actionData?.errors ?? {})
  const hasErrors = Object.keys(errors).length > 0
  return (
    <SettingsPage current={path} notice={actionData === undefined ? notice : undefined} hasErrors={hasErrors}>
      <ErrorSummary errors={errors} />
      <div className="settings-beside">
        <form method="post" encType="multipart/form-data" noValidate>
          <FormColumn>
            <div className="flex items-center gap-16">
              <Mark className="size-tile" picture={mark} />
              <p className="text-14 text-muted">
                {mark === undefined ? 'Rialto’s bridge, until you choose a picture.' : 'Your mark, as it is now.'}
              </p>
            </div>
            <FileField
              label="Mark"
              name="mark"
              accept="image/png,image/jpeg,image/webp"
              hint={
                actionData?.losesPicture === true
                  ? chooseAgain
                  : 'PNG, JPEG or WebP, at most 2 MB; square looks best. It is drawn anew, so what a camera wrote into it goes.'
              }
              error={errors.mark}
            />
            {mark !== undefined && <Checkbox name="removesMark" label="Go back to Rialto’s bridge" />}
            <TextField
              label="Colour on light pages"
              name="accentLight"
              placeholder="Rialto’s red"
              hint="# and six digits. For where one is and the button that costs money; both empty: Rialto’s red."
              defaultValue={shown.accentLight}
              error={errors.accentLight}
              autoComplete="off"
              spellCheck={false}
            />
            <TextField
              label="Colour on dark pages"
              name="accentDark"
              placeholder="Rialto’s red, lighter"
              hint="A lighter one. Text in it must be readable on the page, on cards and under the pointer: 4.5 to 1."
              defaultValue={shown.accentDark}
              error={errors.accentDark}
              autoComplete="off"
              spellCheck={false}
            />
            <div className="flex flex-wrap gap-12">
              <Button>Save</Button>
              <Button kind="secondary" name="intent" value="preview">
                Preview the colours
              </Button>
            </div>
          </FormColumn>
        </form>
        <AccentPreview siteName={name} mark={mark} properties={actionData?.previewProperties} />
      </div>
    </SettingsPage>
  )
}
