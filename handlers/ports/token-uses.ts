/**
 * When each token of the HTTP API was last used, to the hour. It stands beside the ledger and is no part of it: nothing is decided by it,
 * and losing it loses nothing that was recorded.
 */
export interface TokenUses {
  /** The hour, as the instant at which it begins, by token id; a token that was never used is not there. Makes no file. */
  all(): Promise<ReadonlyMap<string, string>>;
  /** Keeps an hour, unless a later one is kept. Makes the file when it is missing. */
  note(tokenId: string, hour: string): Promise<void>;
}
