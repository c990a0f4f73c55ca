import { drafting, type Slice, type SliceDraft, type SliceEvent } from '../shared/slice.ts';
import { tokenCreatedSchema, tokenRevokedSchema } from './events.ts';

const stream = 'token-<tokenId>';

/** Stream `token-<tokenId>`: who may use the HTTP API, as whom, and until when. */
export const tokenSlice = {
  TokenCreated: {
    version: 1,
    schema: tokenCreatedSchema,
    stream,
    meaning: 'A token of the HTTP API was made for somebody, with roles and an end; of its secret only the hash is kept.',
  },
  TokenRevoked: { version: 1, schema: tokenRevokedSchema, stream, meaning: 'A token was revoked before its end, for this reason.' },
} as const satisfies Slice;

export type TokenEvent = SliceEvent<typeof tokenSlice>;
export type TokenDraft = SliceDraft<typeof tokenSlice>;

export const draftToken = drafting(tokenSlice);
