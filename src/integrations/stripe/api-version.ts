/** Pinned like the client itself: what an endpoint of another version sends is refused. */
export const apiVersion = '2026-10-28.endive'
