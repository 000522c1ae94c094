const words: Readonly<Record<string, string>> = {
  waitlist_joined: 'Joined a waitlist',
  installed: 'Installed',
  uninstalled: 'Uninstalled',
  subscribed: 'Subscribed',
  upgraded: 'Upgraded',
  downgraded: 'Downgraded',
  canceled: 'Canceled',
  reviewed: 'Reviewed',
  contacted: 'Wrote to the publisher',
  demo_requested: 'Asked for a demo',
  claimed: 'Claims the listing',
  removal_asked: 'Asks for removal',
  limit_hit: 'Hit a limit',
  reported: 'Reported',
}

/** What somebody did, for people. */
export const typeWords = (type: string): string =>
  Object.hasOwn(words, type) ? (words[type] ?? type) : type.replaceAll('_', ' ')

/** A name of what came with it: "isFree" is "Is free". */
export const fieldWords = (name: string): string =>
  name
    .replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace(/^./, (first) => first.toUpperCase())
