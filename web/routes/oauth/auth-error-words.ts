interface Words {
  readonly title: string
  /** What happened, what was kept, what to do. */
  readonly text: string
}

const words: Readonly<Record<string, Words>> = {
  unknown_client: {
    title: 'Nobody here knows this agent',
    text: 'The link names an agent that is not registered, or not any more. Nothing was shared. Go back to where you came from, or find the agent in the catalogue.',
  },
  agent_unavailable: {
    title: 'This agent is switched off',
    text: 'Nobody can sign in to it at the moment. Nothing was shared, and what you have there is kept.',
  },
  redirect_mismatch: {
    title: 'This address is not the agent’s',
    text: 'You were about to be sent to an address that the agent did not register. Nothing was shared. Tell whoever runs the agent.',
  },
  sign_out_address: {
    title: 'This address is not the agent’s',
    text: 'It wanted to sign you out here and send you to an address that it did not register. Nothing was ended. Sign out here if you meant to, and tell whoever runs the agent.',
  },
  request_gone: {
    title: 'This sign-in was already used, or is too old',
    text: 'The agent prepared it for one use within a minute and a half. Nothing was shared. Start again at the agent.',
  },
  sign_out_refused: {
    title: 'You were not signed out',
    text: 'The agent’s request could not be checked. Your session here goes on; you can end it from the menu.',
  },
}

const anyOther: Words = {
  title: 'This sign-in can’t go on',
  text: 'The request was not complete, or it is too old. Nothing was shared. Start again at the agent.',
}

// The provider's names, which native programs meet: only for them it compares the addresses itself.
const aliases: Readonly<Record<string, string>> = {
  invalid_redirect: 'redirect_mismatch',
  client_disabled: 'agent_unavailable',
}

/** Words for a code of ours, and the same for all else that the provider refuses. */
export function authErrorWords(code: string): Words {
  const known = Object.hasOwn(aliases, code) ? aliases[code] : code
  return (known !== undefined && Object.hasOwn(words, known) ? words[known] : undefined) ?? anyOther
}
