export type OutboundReason =
  /** Not an http or https address, or a port that is somebody else's. */
  | 'invalid_address'
  /** No such name. */
  | 'unresolvable'
  /** The name leads to an address that is not of the public internet. */
  | 'refused_address'
  | 'timeout'
  | 'too_large'
  | 'too_many_redirects'
  /** Nobody answered there, or not in HTTP, or not with a certificate that counts. */
  | 'connection_failed'

/** Why a stranger's server could not be asked. An expected outcome, which whoever asks turns into words. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError'
  readonly reason: OutboundReason

  constructor(reason: OutboundReason, options?: ErrorOptions) {
    super(reason, options)
    this.reason = reason
  }
}
