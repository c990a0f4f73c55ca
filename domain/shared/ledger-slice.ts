import {
  clockJumpAcceptedSchema,
  ledgerFormatRaisedSchema,
  ledgerOpenedSchema,
  ledgerSealedSchema,
  ledgerSealedV1Schema,
  signingKeyRotatedSchema,
  witnessNamedSchema,
} from './ledger-events.ts';
import { drafting, type Slice, type SliceDraft, type SliceEvent } from './slice.ts';

const stream = 'ledger';

/** Streams `ledger` and `seals`. */
export const ledgerSlice = {
  LedgerOpened: { version: 1, schema: ledgerOpenedSchema, stream, meaning: 'A ledger began: its id, origin and verifier key.' },
  LedgerSealed: {
    version: 2,
    schema: ledgerSealedSchema,
    stream: 'seals',
    meaning: 'Everything before this size was sealed under a signed root. Version 1 stood in `ledger` and had neither `range` nor `last`.',
    retained: { 1: ledgerSealedV1Schema },
  },
  SigningKeyRotated: {
    version: 1,
    schema: signingKeyRotatedSchema,
    stream,
    meaning: 'A new key signs from here on; the old key signed the change.',
  },
  WitnessNamed: {
    version: 1,
    schema: witnessNamedSchema,
    stream,
    meaning: 'Other witnesses look after the ledger from here on, for this reason; `remembered: null` says that the one before was lost.',
  },
  LedgerFormatRaised: {
    version: 1,
    schema: ledgerFormatRaisedSchema,
    stream,
    meaning: 'From here on the ledger may hold this: a build that does not know all of it neither writes nor seals.',
  },
  ClockJumpAccepted: {
    version: 1,
    schema: clockJumpAcceptedSchema,
    stream,
    meaning: 'Somebody accepted that the clock went on further at once than a clock does, and said why.',
  },
} as const satisfies Slice;

export type LedgerEvent = SliceEvent<typeof ledgerSlice>;
export type LedgerDraft = SliceDraft<typeof ledgerSlice>;

export const draftLedger = drafting(ledgerSlice);
