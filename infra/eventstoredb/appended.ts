import type { LogPosition } from './positions.ts';

/** Where the last event of an append stands; no position from a server that says nothing of it. */
export interface Appended {
  readonly revision: bigint;
  readonly position: LogPosition | null;
}

/** What single appends and shared ones are answered alike. */
interface Success {
  getCurrentRevision(): string;
  getPosition(): { getCommitPosition(): string; getPreparePosition(): string } | undefined;
}

export function appendedBy(success: Success): Appended {
  const place = success.getPosition();
  return {
    revision: BigInt(success.getCurrentRevision()),
    position: place === undefined ? null : { commit: BigInt(place.getCommitPosition()), prepare: BigInt(place.getPreparePosition()) },
  };
}
