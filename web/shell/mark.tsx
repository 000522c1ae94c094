import type { ShownPicture } from '#src/features/site/index.ts'

interface MarkProps {
  readonly className?: string
  /** The operator's own, beside the name that says the same. */
  readonly picture?: ShownPicture | undefined
}

/** The bridge: a raked deck, a portico at its crown, one great arch, the waterline. In the accent, as one of its few places. */
export function Mark({ className, picture }: MarkProps) {
  if (picture !== undefined) {
    const { url, width, height } = picture
    return <img src={url} width={width} height={height} alt="" className={`object-contain ${className ?? ''}`} />
  }
  return (
    <svg viewBox="0 0 32 32" className={`text-accent ${className ?? ''}`} fill="currentColor" aria-hidden="true">
      <path d="M1 23V20.6L12.6 9.4V6.2L16 3l3.4 3.2v3.2L31 20.6V23h-6a9 9 0 0 0-18 0Z" />
      <path d="M1 26h30v1.7H1zM6 29.3h20V31H6z" />
    </svg>
  )
}
