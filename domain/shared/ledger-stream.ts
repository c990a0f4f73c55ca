import { ledgerSlice } from './ledger-slice.ts';
import type { StreamKind } from './stream.ts';

/** The one stream of the ledger itself. */
export const ledgerStream = 'ledger';

export const ledgerStreamKind: StreamKind<typeof ledgerSlice> = {
  slice: ledgerSlice,
  name: () => ledgerStream,
  idOf: (stream) => (stream === ledgerStream ? '' : null),
};
