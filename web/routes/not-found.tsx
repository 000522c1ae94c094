import { data } from 'react-router'

/** Any address that no other route knows. */
export function loader(): never {
  throw data(null, { status: 404 })
}
export { loader as action }

/** Never drawn; without a component the route would answer as data instead of as a page. */
export default function NotFound() {
  return null
}
