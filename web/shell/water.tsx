import { useId } from 'react'

/** Three lines of water, each shorter than the one above; the ripples keep their size at any width. */
export function Water({ className }: { className?: string }) {
  const id = useId()
  return (
    <svg width="100%" height="24" className={`line-art ${className ?? ''}`} aria-hidden="true">
      <pattern id={id} width="30" height="8" patternUnits="userSpaceOnUse">
        <path d={wave({ from: 0, to: 30, y: 4 })} />
      </pattern>
      {[0, 5, 12].map((inset, row) => (
        <svg key={inset} x={`${inset}%`} y={row * 8} width={`${100 - 2 * inset}%`} height="8">
          <rect width="100%" height="8" fill={`url(#${id})`} stroke="none" />
        </svg>
      ))}
    </svg>
  )
}

/** A line of even ripples of 30 units. */
export function wave({ from, to, y }: { from: number; to: number; y: number }): string {
  const ripples = Math.round((to - from) / 30)
  return `M${from} ${y}q7.5 -4 15 0t15 0${'t15 0t15 0'.repeat(ripples - 1)}`
}
