/** The bridge: a raked deck, a portico at its crown, one great arch, the waterline. Red, as one of red's few places. */
export const Mark = ({ className }: { className?: string }) => (
  <svg viewBox="0 0 32 32" className={`text-red ${className ?? ''}`} fill="currentColor" aria-hidden="true">
    <path d="M0 23 12 12.2V7.5a4 4 0 0 1 8 0v4.7L32 23h-4.6a11.5 11.5 0 0 0-22.8 0Zm14.2-12.6h3.6V7.6a1.8 1.8 0 0 0-3.6 0Z" />
    <path d="M3 26h26v1.8H3z" />
  </svg>
)
