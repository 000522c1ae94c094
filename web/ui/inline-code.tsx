/** Plain text in which `backticks` mark code; nothing else of markdown. */
export const InlineCode = ({ text }: { text: string }) =>
  text.split('`').map((part, place) =>
    place % 2 === 0 ? (
      part
    ) : (
      <code key={place} className="inline-code">
        {part}
      </code>
    ),
  )
