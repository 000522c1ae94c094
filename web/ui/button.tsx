import type { LucideIcon } from 'lucide-react'
import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ReactNode } from 'react'
import LoaderCircle from 'lucide-react/icons/loader-circle'
import { classNames } from './class-names.ts'
import { Icon } from './icon.tsx'

/** `buy` spends money or starts a trial: at most one in view. `danger` destroys, and its label names the thing. */
export type ButtonKind = 'ink' | 'buy' | 'secondary' | 'danger' | 'link'
export type ButtonSize = 'public' | 'console'

interface Look {
  readonly kind?: ButtonKind
  readonly size?: ButtonSize
  readonly icon?: LucideIcon
}

interface ButtonProps extends Look, ButtonHTMLAttributes<HTMLButtonElement> {
  /** Keeps the width and the name, and takes no second press. */
  readonly isLoading?: boolean
}

export function Button({ kind, size, icon, isLoading = false, children, className, ...rest }: ButtonProps) {
  return (
    <button
      type="submit"
      {...rest}
      aria-busy={isLoading || undefined}
      disabled={isLoading || rest.disabled}
      className={classNames(buttonClass({ kind, size }), className)}
    >
      <Label icon={icon} isLoading={isLoading}>
        {children}
      </Label>
    </button>
  )
}

/** A link that looks like a button, for actions that only lead somewhere. */
export function ButtonLink({
  kind,
  size,
  icon,
  children,
  className,
  ...rest
}: Look & AnchorHTMLAttributes<HTMLAnchorElement>) {
  return (
    <a {...rest} className={classNames(buttonClass({ kind, size }), className)}>
      <Label icon={icon}>{children}</Label>
    </a>
  )
}

function Label({
  icon,
  isLoading = false,
  children,
}: {
  icon?: LucideIcon | undefined
  isLoading?: boolean
  children: ReactNode
}) {
  return (
    <>
      <span className={classNames('inline-flex items-center gap-8', isLoading && 'opacity-0')}>
        {icon && <Icon of={icon} />}
        {children}
      </span>
      {isLoading && <Icon of={LoaderCircle} className="absolute spinner" />}
    </>
  )
}

const shape =
  'relative inline-flex items-center justify-center rounded-control border font-medium whitespace-nowrap no-underline disabled:cursor-not-allowed'
const sizes: Record<ButtonSize, string> = {
  public: 'min-h-control px-16 text-16 touch-target',
  console: 'min-h-control-console px-12 text-14 touch-target',
}
const kinds: Record<ButtonKind, string> = {
  ink: 'border-transparent bg-ink text-on-ink hover:bg-ink-hover disabled:bg-hover disabled:text-muted',
  buy: 'border-transparent bg-buy text-on-buy hover:bg-buy-hover disabled:bg-hover disabled:text-muted',
  secondary: 'border-control bg-raised text-ink hover:bg-hover disabled:text-muted disabled:bg-ground',
  danger: 'border-red bg-raised text-red hover:bg-tint-red disabled:text-muted disabled:border-control',
  link: 'border-transparent text-canal underline underline-offset-3 hover:text-ink disabled:text-muted',
}

function buttonClass({
  kind = 'ink',
  size = 'public',
}: {
  kind?: ButtonKind | undefined
  size?: ButtonSize | undefined
}) {
  return classNames(shape, sizes[size], kinds[kind])
}
