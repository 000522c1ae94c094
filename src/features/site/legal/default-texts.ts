import { fates } from '#src/identity/index.ts'
import { fateWords, goes, told, topics } from './stored-data.ts'

/** What the software itself knows of how it is run. */
export interface Facts {
  readonly siteName: string
  /** How long a subscription goes on when a payment is late. */
  readonly graceDays: number
  /** Before a price or a limit changes for those who subscribed. */
  readonly noticeDays: number
  readonly paymentsAreSandbox: boolean
  /** New passwords are looked up in a public list of leaked ones. */
  readonly asksForLeaks: boolean
}

// Each says what this software does, and says so of what only the operator can know. No law is quoted: which one applies depends
// on who runs the marketplace and where.

export const defaultTerms = ({ siteName, noticeDays }: Facts): string => `
# What ${siteName} is

A market where publishers list AI agents and people find and use them. An agent is a program of its publisher, which runs
elsewhere and has its own terms. ${siteName} signs you in there, counts what you use and takes what you pay.

Entries marked “unclaimed” are facts from public sources about projects that have nothing to do with this marketplace.

# Your account

- One e-mail address is one account. You can try things before you confirm it; to review, publish or invite, confirm it first.
- You can delete your account at any time, on its own page, which says before what goes and what stays.
- An operator can suspend an account or an agent. Then its keys work no more, within seconds.

# What you subscribe to

- A limit really stops: beyond it an agent gets no for an answer, with the way to lift it. Nothing is charged for what you used beyond
  a limit, because nobody can.
- There is one trial for each person and agent. Before it starts, the page shows the date and the amount of the first charge.
- A tier that you subscribed to never changes under you, but for a limit that rises. A new price or a lower limit reaches you with your
  next period, and at least ${noticeDays} days after you were told.
- You cancel on your subscription’s page. What was paid for goes on until its period ends.

# What you write

Reviews are by people who signed in at the agent on two days. Nobody of its publisher can review it. A publisher can answer a review,
and not remove it; an operator can hide one, with a reason.

# What only the operator can say

Who your contract is with, which law applies, who is liable for what, and how terms change.
`

export const defaultPrivacy = ({ siteName, paymentsAreSandbox, asksForLeaks }: Facts): string => `
# What is stored, and what becomes of it

Everything that ${siteName} stores about you is told of here. On your account’s pages you can download it, and delete your account:
then it is deleted, but for what says otherwise.

${Object.entries(topics)
  .map(([topic, title]) => {
    const items = told.filter((entry) => entry.topic === topic)
    return `## ${title}\n\n${items.map(line).join('\n')}`
  })
  .join('\n\n')}

Kept apart from your account, and past it: the books, under a code instead of your name; that there was a trial, as a code made from your
address, so that there is no second one.

# Who else gets something

- **Agents you let in** get what the page said when you let them in, such as your name or your address. What they keep is theirs to tell.
- **The payment provider**: ${
  paymentsAreSandbox
    ? 'none. Payments are played here, and no money moves.'
    : 'Stripe gets what it needs to charge you. Your card’s number never comes to this marketplace.'
}
- **Mails** go through the operator’s mail server.
${asksForLeaks ? '- **A list of leaked passwords** (haveibeenpwned.com) is asked when you choose a password. It gets five digits of a hash, and nothing of you.\n' : ''}
Nobody else. Pages load nothing from other hosts, and nothing in them measures you.

# Cookies

Only what signing in needs, and one for the theme if you choose one. None follows you.

# What is logged

For each request: when, which path, how it went and how long it took. Not what stands in it, nor its query, nor who sent it.

# What only the operator can say

Who is responsible for this data, on what legal ground, where the server stands, how long its logs and backups are kept, and whom to ask.
`

function line(entry: (typeof told)[number]): string {
  const fate = fateWords(entry, fates)
  return fate === goes ? `- ${entry.what}` : `- ${entry.what}: *${fate ?? ''}*`
}

export const defaultRefunds = ({ graceDays, paymentsAreSandbox }: Facts): string => `
${paymentsAreSandbox ? '**Payments are played here: no money moves, and none needs to come back.** This is what would happen with real ones.\n' : ''}
# What happens by itself

- **Cancelling** stops the next charge. What was paid for can be used until its period ends; the rest of it isn’t given back.
- **A trial** that is cancelled before its end costs nothing.
- **Paid twice**, as in two windows at once: the second purchase is ended and given back.
- **A change to a higher tier** charges the difference for the rest of the period, as shown before. To a lower one: nothing is charged,
  and it acts when the period ends.
- **A payment that fails** is tried again. The subscription goes on for ${graceDays} ${graceDays === 1 ? 'day' : 'days'}, then it stops until it is paid.
- **Deleting your account** ends what you pay for at once. The rest isn’t given back.

# What an operator does

An operator can give back a payment, whole or in part, to the card that paid, and never more than was paid. When all of an add-on’s price
goes back, the add-on ends. A refund doesn’t end a subscription by itself. Each is a line of your invoices, and you get a mail.

# Units instead of money

An agent that failed you can give back the units it took. That is a line of your usage.

# What only the operator can say

Within which time you can ask for your money back, and for what reasons.
`
