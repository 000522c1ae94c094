import type { ButtonHTMLAttributes } from 'react'

/** A form's button among words or in a table, where a box would be too loud. */
export const TextButton = (props: ButtonHTMLAttributes<HTMLButtonElement>) => (
  <button
    type="submit"
    {...props}
    className="cursor-pointer text-canal underline underline-offset-link touch-target hover:text-ink"
  />
)
