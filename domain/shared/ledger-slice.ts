import { ledgerFormatRaisedSchema, ledgerOpenedSchema, ledgerSealedSchema, signingKeyRotatedSchema } from './ledger-events.ts';
import { drafting, type Slice, type SliceDraft, type SliceEvent } from './slice.ts';

const stream = 'ledger';

/** Stream `ledger`. */
export const ledgerSlice = {
  LedgerOpened: { version: 1, schema: ledgerOpenedSchema, stream, meaning: 'A ledger began: its id, origin and verifier key.' },
  LedgerSealed: { version: 1, schema: ledgerSealedSchema, stream, meaning: 'Everything before this size was sealed under a signed root.' },
  SigningKeyRotated: { version: 1, schema: signingKeyRotatedSchema, stream, meaning: 'A new key signs from here on; the old key signed the change.' },
  LedgerFormatRaised: { version: 1, schema: ledgerFormatRaisedSchema, stream, meaning: 'From here on the ledger may hold this: a build that knows less of it writes and seals nothing.' },
} as const satisfies Slice;

export type LedgerEvent = SliceEvent<typeof ledgerSlice>;
export type LedgerDraft = SliceDraft<typeof ledgerSlice>;

export const draftLedger = drafting(ledgerSlice);
