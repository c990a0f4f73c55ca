import { LedgerError } from '../../domain/shared/errors.ts';

export interface LogPosition {
  readonly commit: bigint;
  readonly prepare: bigint;
}

/** What a server older than 22.6 gives for the events of a stream. */
const unknownPosition = 0xffff_ffff_ffff_ffffn;

export function formatPosition({ commit, prepare }: LogPosition): string {
  return `${commit}/${prepare}`;
}

/** Errors: Usage. */
export function parsePosition(text: string): LogPosition {
  const groups = /^(?<commit>\d{1,20})\/(?<prepare>\d{1,20})$/.exec(text)?.groups;
  if (groups === undefined)
    throw new LedgerError('Usage', `"${text}" is not a position of this store, which reads COMMIT/PREPARE`, {
      evidence: { position: text },
    });
  return { commit: BigInt(groups['commit']!), prepare: BigInt(groups['prepare']!) };
}

export function comparePositions(left: LogPosition, right: LogPosition): number {
  if (left.commit !== right.commit) return left.commit < right.commit ? -1 : 1;
  return left.prepare === right.prepare ? 0 : left.prepare < right.prepare ? -1 : 1;
}

/** Errors: StoreUnavailable when the server gives no positions with the events of a stream. */
export function knownPosition(position: LogPosition | undefined): LogPosition {
  if (position === undefined || position.commit === unknownPosition) {
    throw new LedgerError(
      'StoreUnavailable',
      'the EventStoreDB server gives no positions with the events of a stream: use version 22.10 or newer',
    );
  }
  return position;
}
