/** Why a person is locked out who is being deleted (`user.ban_reason`); an operator's suspension has words of its own. */
export const deletionReason = 'account_deletion'
