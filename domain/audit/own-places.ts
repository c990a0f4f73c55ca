import { ledgerStream } from '../shared/ledger-stream.ts';

/** An event of the ledger's own life that stands where none of its kind may. */
export interface Misplaced {
  readonly kind: 'ledger_opened_again' | 'event_misplaced';
  readonly expected: string;
  readonly actual: string;
}

/** Streams that events of the ledger's own life may stand in; seals of version 1 stood in `ledger`. */
const streamsOf: Readonly<Record<string, readonly string[]>> = {
  SigningKeyRotated: [ledgerStream],
  LedgerFormatRaised: [ledgerStream],
  ClockJumpAccepted: [ledgerStream],
  LedgerSealed: [ledgerStream, 'seals'],
};

/**
 * A ledger is opened once, by its first event: whoever could open it again could name another key. What hands over the key, raises the
 * format or seals stands in a stream of its own, so that whoever reads that stream has read all of it. Null for an event in its place.
 */
export function misplaced(
  { type, stream, revision }: { readonly type: string; readonly stream: string; readonly revision: bigint | number },
  leafIndex: number,
): Misplaced | null {
  if (type === 'LedgerOpened') {
    const isFirst = leafIndex === 0 && stream === ledgerStream && Number(revision) === 0;
    return isFirst
      ? null
      : {
          kind: 'ledger_opened_again',
          expected: `one LedgerOpened, the first event, ${ledgerStream}@0`,
          actual: `another, leaf ${leafIndex}`,
        };
  }
  const streams = Object.hasOwn(streamsOf, type) ? streamsOf[type]! : null;
  if (streams === null || streams.includes(stream)) return null;
  return { kind: 'event_misplaced', expected: `${type} in stream ${streams.join(' or ')}`, actual: `in stream ${stream}` };
}
