import type { ParityWaiverGranted } from '../../domain/run/granted-waiver.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { derivedUuid } from '../../domain/run/derived-uuid.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';

export interface GrantParityWaiver {
  readonly meta: string;
  /** Leaf paths, or `mandate:PATH`. */
  readonly paths: readonly string[];
  /** The last as-of date covered. */
  readonly until: string;
  readonly why: string;
}

export interface GrantedWaiver extends ParityWaiverGranted {
  readonly already: boolean;
  /**
   * False when the same waiver was granted before and has been revoked: the same terms are the same waiver, and a redelivery brings nothing
   * back.
   */
  readonly stands: boolean;
}

/** Accepts named parity violations of a portfolio on the word of the session's actor. Errors: Usage. */
export async function grantParityWaiver(session: Session, { meta, paths: named, until, why }: GrantParityWaiver): Promise<GrantedWaiver> {
  if (!/^[a-zA-Z0-9_-]+$/.test(meta)) throw new LedgerError('Usage', `${meta} is not a portfolio name`);
  const who = session.actor;
  const paths = named.toSorted();
  const waiverId = derivedUuid(session.ports.ids.uuidV5, ['waiver', session.ledger.ledgerId, meta, who, why, until, ...paths]);
  const { appended, state } = await streams.metaPortfolio.handle(session, meta, {
    kind: 'GrantParityWaiver',
    waiverId,
    meta,
    who,
    why,
    paths,
    until,
  });
  return {
    waiverId,
    meta,
    who,
    why,
    paths,
    until,
    already: appended.length === 0,
    stands: state.waivers.some((waiver) => waiver.waiverId === waiverId),
  };
}
