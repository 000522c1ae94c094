/** Three lines of water, each shorter than the one above. */
export const Water = ({ className }: { className?: string }) => (
  <svg viewBox="0 0 1200 24" preserveAspectRatio="none" className={`line-art ${className ?? ''}`} aria-hidden="true">
    <path d={wave({ from: 0, to: 1200, y: 4 })} />
    <path d={wave({ from: 60, to: 1140, y: 12 })} />
    <path d={wave({ from: 150, to: 1050, y: 20 })} />
  </svg>
)

/** A line of even ripples, `to - from` being a multiple of 30. */
export function wave({ from, to, y }: { from: number; to: number; y: number }): string {
  const ripples = Math.round((to - from) / 30)
  return `M${from} ${y}q7.5 -4 15 0t15 0${'t15 0t15 0'.repeat(ripples - 1)}`
}
