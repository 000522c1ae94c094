import type { Report } from '#src/features/engagement/index.ts'
import type { FieldErrors, ReviewReportReason } from '#src/features/reviews/index.ts'
import { Button } from '../../ui/button.tsx'
import { RadioGroup } from '../../ui/choice.tsx'
import { TextArea } from '../../ui/text-area.tsx'
import { TextButton } from '../account/text-button.tsx'
import { Section } from '../account/account-page.tsx'
import { asError } from './review-fields.tsx'

interface ReplyFormProps {
  /** Undefined: there is none yet. */
  readonly reply: string | undefined
  readonly typed: string | undefined
  readonly error: string | undefined
}

/** The publisher's one answer. */
export const ReplyForm = ({ reply, typed, error }: ReplyFormProps) => (
  <Section
    id="reply"
    title={reply === undefined ? 'Answer it' : 'Your answer'}
    intro="One answer, in the name of your organization, under the review for everybody."
  >
    <form method="post" className="flex max-w-prose flex-col gap-16">
      <TextArea
        label="Answer"
        name="body"
        rows={6}
        maxLength={5_000}
        hint="Markdown works."
        defaultValue={typed ?? reply}
        error={asError('The answer', error)}
      />
      <div className="flex flex-wrap items-center gap-16">
        <Button name="intent" value="reply">
          {reply === undefined ? 'Publish answer' : 'Save answer'}
        </Button>
        {reply !== undefined && (
          <TextButton name="intent" value="remove-reply">
            Remove it
          </TextButton>
        )}
      </div>
    </form>
  </Section>
)

const reasons: Readonly<Record<ReviewReportReason, string>> = {
  spam: 'Advertising, or the same text again and again',
  misleading: 'Untrue, or not about own use',
  off_topic: 'Not about this agent',
  harmful: 'Insults, threatens or exposes somebody',
  illegal: 'Against the law',
  other: 'Something else',
}
export const reasonWords = (reason: string): string =>
  Object.hasOwn(reasons, reason) ? reasons[reason as ReviewReportReason] : reason

const options = Object.entries(reasons).map(([value, label]) => ({ value, label }))

interface ReportFormProps {
  readonly typed: { readonly reason?: string; readonly details?: string }
  readonly errors: FieldErrors
  /** There is a form of more weight above it. */
  readonly isSecond: boolean
}

/** For anybody else. */
export const ReportForm = ({ typed, errors, isSecond }: ReportFormProps) => (
  <Section
    id="report"
    title="Report it"
    intro="For what should not stand here, not for what you see differently. An operator reads it; the author and the publisher don’t learn who reported."
  >
    <form method="post" className="flex max-w-prose flex-col gap-16">
      <RadioGroup
        legend="What is wrong with it?"
        name="reason"
        options={options}
        {...(typed.reason !== undefined && { defaultValue: typed.reason })}
        error={errors['reason'] === undefined ? undefined : { message: 'Choose what is wrong with it.' }}
      />
      <TextArea
        label="What should the operator know? (optional)"
        name="details"
        defaultValue={typed.details}
        maxLength={2_000}
        error={asError('This', errors['details'])}
      />
      <div>
        <Button kind={isSecond ? 'secondary' : 'ink'} name="intent" value="report">
          Report the review
        </Button>
      </div>
    </form>
  </Section>
)

interface ModerationFormProps {
  readonly reports: readonly Report[]
  readonly isHidden: boolean
  readonly typed: string | undefined
  readonly error: string | undefined
}

/** For operators: each decision also decides the open reports. */
export const ModerationForm = ({ reports, isHidden, typed, error }: ModerationFormProps) => (
  <Section
    id="moderation"
    title="Decide about it"
    intro={
      isHidden
        ? 'Shown again, it counts again.'
        : 'Hidden, it counts in no rating, and only its author still sees it. Keeping it dismisses its reports.'
    }
  >
    {reports.length > 0 && (
      <ul className="ledger-list" aria-label="Open reports">
        {reports.map(({ id, reason, details }) => (
          <li key={id} className="wrap-anywhere">
            <span className="font-medium">{reasonWords(reason)}</span>
            {details !== '' && <p className="whitespace-pre-line text-muted">{details}</p>}
          </li>
        ))}
      </ul>
    )}
    <form method="post" className="flex max-w-prose flex-col gap-16">
      <TextArea
        label="Reason"
        name="reason"
        defaultValue={typed}
        maxLength={500}
        hint={
          isHidden ? 'Kept in the audit trail.' : 'Kept in the audit trail. When you hide it, its author reads this.'
        }
        error={asError('The reason', error)}
      />
      <div className="flex flex-wrap gap-12">
        {isHidden ? (
          <Button name="intent" value="unhide">
            Show the review again
          </Button>
        ) : (
          <>
            <Button kind="danger" name="intent" value="hide">
              Hide the review
            </Button>
            <Button kind="secondary" name="intent" value="keep">
              Keep the review
            </Button>
          </>
        )}
      </div>
    </form>
  </Section>
)
