/** The bridge: a raked deck, a portico at its crown, one great arch, the waterline. Red, as one of red's few places. */
export const Mark = ({ className }: { className?: string }) => (
  <svg viewBox="0 0 32 32" className={`text-red ${className ?? ''}`} fill="currentColor" aria-hidden="true">
    <path d="M1 23V20.6L12.6 9.4V6.2L16 3l3.4 3.2v3.2L31 20.6V23h-6a9 9 0 0 0-18 0Z" />
    <path d="M1 26h30v1.7H1zM6 29.3h20V31H6z" />
  </svg>
)
