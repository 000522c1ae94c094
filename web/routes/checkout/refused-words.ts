interface Setting {
  readonly agentName: string
  /** It was paid, and was given back. */
  readonly isUndone: boolean
}

interface Words {
  readonly title: string
  readonly text: string
}

/** Why a checkout came to nothing, and what became of the money. */
export function refusedWords(reason: string, { agentName, isUndone }: Setting): Words {
  const money = isUndone
    ? 'What you paid was given back in full; banks take a few days to show it.'
    : 'Nothing was charged.'
  switch (reason) {
    case 'already_subscribed':
      return { title: `You had ${agentName} already`, text: `The second subscription was cancelled at once. ${money}` }
    case 'trial_used':
      return {
        title: 'This trial was used before',
        text: `There is one for each person and each card at ${agentName}. ${money}`,
      }
    case 'trial_over':
      return { title: 'Your trial is over', text: `It ended before we heard that it had begun. ${money}` }
    case 'tier_not_on_offer':
      return { title: 'That tier is not on offer any more', text: `It was withdrawn while you were paying. ${money}` }
    case 'payment_declined':
      return { title: 'The payment was declined', text: `Your bank said no. ${money}` }
    case 'ended':
      // It may have been paid: that it ended says nothing about it.
      return {
        title: 'This subscription has ended',
        text: 'It ended before we heard of it. Your invoices show what was paid.',
      }
    default:
      return { title: 'This purchase came to nothing', text: `It ended before it began. ${money}` }
  }
}
