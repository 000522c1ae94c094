/** Whether both name the same things, each once. */
export const isSameSet = (present: readonly string[], named: readonly string[]): boolean =>
  named.length === present.length &&
  new Set(named).size === named.length &&
  named.every((name) => present.includes(name))
