/** What an access token says, after its signature, issuer, audience and time have been verified. */
export interface VerifiedToken {
  readonly claims: Readonly<Record<string, unknown>>;
  /** Instant in UTC. */
  readonly expiresAt: string;
}

/** An identity provider of OpenID Connect, seen by whoever is shown its tokens. */
export interface IdentityProvider {
  /** Errors: NotAuthenticated, with what is wrong with the token; IdentityProviderUnavailable where its keys cannot be had. */
  verify(token: string, now: string): Promise<VerifiedToken>;
}
