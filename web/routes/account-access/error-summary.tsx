import CircleX from 'lucide-react/icons/circle-x'
import type { FieldError } from '../../ui/field.tsx'
import { TextLink } from './text-link.tsx'
import { Icon } from '../../ui/icon.tsx'

interface ErrorSummaryProps {
  /** In the order of the fields; the key is the field's id. */
  readonly errors: Readonly<Record<string, FieldError | undefined>>
}

/** What has to be changed, first on the page and in focus, each line leading to its field. Works without JavaScript. */
export function ErrorSummary({ errors }: ErrorSummaryProps) {
  const lines = Object.entries(errors).filter((line): line is [string, FieldError] => line[1] !== undefined)
  if (lines.length === 0) return null
  return (
    // oxlint-disable-next-line jsx-a11y/no-autofocus -- Only after a form was refused: what went wrong is where one goes on.
    <div role="alert" tabIndex={-1} autoFocus className="flex gap-12 rounded-card bg-tint-red p-16">
      <span className="flex h-24 items-center text-red">
        <Icon of={CircleX} size={20} />
      </span>
      <div className="flex min-w-0 flex-col gap-4">
        <p className="font-medium">{lines.length === 1 ? 'One thing to change' : `${lines.length} things to change`}</p>
        <ul className="flex flex-col gap-4 text-14">
          {lines.map(([field, { message }]) => (
            <li key={field}>
              <TextLink href={`#${field}`}>{message}</TextLink>
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}
