import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';

export interface RevokedWaiver {
  readonly waiverId: string;
  readonly meta: string;
  readonly already: boolean;
  readonly why: string;
}

/** Withdraws a waiver of a portfolio. Errors: WaiverUnknown. */
export async function revokeParityWaiver(session: Session, meta: string, waiverId: string, why: string): Promise<RevokedWaiver> {
  const { appended } = await streams.metaPortfolio.handle(session, meta, {
    kind: 'RevokeParityWaiver',
    waiverId,
    meta,
    who: session.actor,
    why,
  });
  return { waiverId, meta, already: appended.length === 0, why };
}
