/** The first stop of the keyboard on every page. */
export const SkipLink = () => (
  <a href="#content" className="skip-link">
    Skip to content
  </a>
)
