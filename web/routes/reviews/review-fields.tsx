import type { FieldErrors } from '#src/features/reviews/index.ts'
import { RadioGroup } from '../../ui/choice.tsx'
import { TextField } from '../../ui/field.tsx'
import type { FieldError } from '../../ui/field.tsx'
import { TextArea } from '../../ui/text-area.tsx'

/** As it was typed. */
export interface TypedReview {
  readonly rating: string
  readonly title: string
  readonly body: string
}

const labels = { 5: 'Excellent', 4: 'Good', 3: 'Mixed', 2: 'Poor', 1: 'Bad' } as const
const options = ([5, 4, 3, 2, 1] as const).map((star) => ({
  value: String(star),
  label: `${star === 1 ? '1 star' : `${star} stars`}: ${labels[star].toLowerCase()}`,
}))

export const reviewErrors = (errors: FieldErrors) => ({
  rating: errors['rating'] === undefined ? undefined : { message: 'Choose how many stars you give.' },
  title: asError('The title', errors['title']),
  body: asError('Your review', errors['body']),
})

/** The server's own words, such as "must have at most 200 characters". */
export const asError = (subject: string, message: string | undefined): FieldError | undefined =>
  message === undefined ? undefined : { message: `${subject} ${message}.` }

interface ReviewFieldsProps {
  readonly typed: TypedReview
  readonly errors: ReturnType<typeof reviewErrors>
}

export const ReviewFields = ({ typed, errors }: ReviewFieldsProps) => (
  <>
    <div id="rating">
      <RadioGroup
        legend="How was it?"
        name="rating"
        options={options}
        defaultValue={typed.rating}
        error={errors.rating}
      />
    </div>
    <TextField label="Title (optional)" name="title" maxLength={200} defaultValue={typed.title} error={errors.title} />
    <TextArea
      label="What should others know? (optional)"
      name="body"
      rows={8}
      maxLength={10_000}
      hint="What you used it for, what went well, what didn’t. Markdown works; links are not followed by search engines."
      defaultValue={typed.body}
      error={errors.body}
    />
  </>
)
