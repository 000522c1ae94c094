import type { Deps } from '#src/deps.ts'
import { keepPicture, normalisePicture } from '#src/features/media/index.ts'
import type { PictureProblem } from '#src/features/media/index.ts'
import { judgeAccent } from './judge-accent.ts'
import type { AccentForm } from './judge-accent.ts'
import type { SaveOutcome } from './outcome.ts'
import { writeSettings } from './write-settings.ts'

export interface BrandingForm extends AccentForm {
  /** A picture's bytes; nothing: it stays as it is. */
  readonly mark: Uint8Array | undefined
  readonly removesMark: boolean
}

/** The page whose form this is: it takes a picture, so its body may be larger than others'. */
export const brandingPath = '/operator/settings/branding'

/** What the largest icon needs. */
const markPixelsMax = 512

export async function saveBranding(
  deps: Pick<Deps, 'db' | 'site'>,
  { operatorId, form }: { readonly operatorId: string; readonly form: BrandingForm },
): Promise<SaveOutcome> {
  const accent = judgeAccent(form)
  const drawn = form.mark && (await normalisePicture(Buffer.from(form.mark), { fitWithin: markPixelsMax }))
  const errors = {
    ...accent.errors,
    ...(drawn?.kind === 'refused' && { mark: pictureWords[drawn.problem] }),
  }
  if (Object.keys(errors).length > 0) return { kind: 'invalid', errors }
  await writeSettings(deps, {
    operatorId,
    action: 'site.set_branding',
    change: async (row, tx) => {
      const picture = drawn?.kind === 'picture' ? drawn.picture : undefined
      const added = picture && (await keepPicture(tx, { picture, createdBy: operatorId }))
      const kept = form.removesMark ? null : row.markMediaId
      const { light, dark } = accent.pair ?? { light: null, dark: null }
      const set = { markMediaId: added ?? kept, accentLight: light, accentDark: dark }
      const changed = (['markMediaId', 'accentLight', 'accentDark'] as const).filter(
        (field) => set[field] !== row[field],
      )
      return changed.length === 0 ? undefined : { set, metadata: { changed, ...set } }
    },
  })
  return { kind: 'saved' }
}

const pictureWords: Readonly<Record<PictureProblem, string>> = {
  not_a_picture: 'This is no PNG, JPEG or WebP picture. SVG isn’t taken: it can hold programs. Save it as PNG.',
  too_many_bytes: 'The picture has more than 2 MB. Save it smaller: 512 pixels on a side are plenty.',
  too_many_pixels: 'The picture has more than 4,096 pixels on a side. Save it smaller: 512 are plenty.',
  too_few_pixels: 'The picture has less than 32 pixels on a side. Choose a larger one: 512 are best.',
  broken: 'The picture can’t be read to its end. Save it anew and choose it again.',
}
