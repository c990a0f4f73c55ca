import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createToken } from '../../../../handlers/commands/create-token.ts';
import { revokeToken } from '../../../../handlers/commands/revoke-token.ts';
import { streamEndpoint } from '../../../../presentation/api/endpoints/stream.ts';
import { identifying } from '../../../../presentation/api/identifying.ts';
import { Protection } from '../../../../presentation/api/protection.ts';
import type { ApiService } from '../../../../presentation/api/service.ts';
import type { ApiAnswer, ApiRequest } from '../../../../presentation/ports/ports.ts';
import { ledgerSession } from '../../../support/ledger-session.ts';
import { scratchDirectory } from '../../../support/scratch.ts';

const asking = (headers: ApiRequest['headers']): ApiRequest => ({
  method: 'GET',
  target: '/v1/stream',
  pathParameters: {},
  query: new URLSearchParams(),
  headers,
  body: new Uint8Array(),
  peer: '127.0.0.1',
  origin: 'http://127.0.0.1:8470',
  signal: new AbortController().signal,
});

const partsOf = ({ body }: ApiAnswer): AsyncIterator<Uint8Array> => (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();

const scratch = scratchDirectory();

describe('a stream that is open', () => {
  test('ends for somebody whose token was revoked, and not for others', async () => {
    const { session } = await ledgerSession(join(scratch, 'ledger.sqlite'));
    const { token, tokenId } = await createToken(session, { holder: 'vera', roles: ['viewer'], days: 1 });
    const ending = new AbortController();
    const service = {
      session,
      ending: ending.signal,
      protection: new Protection(session.ports.crypto.sha256Hex),
      ...identifying(session, { anybodyReads: true, provider: null }),
    } as unknown as ApiService;
    const { endpoint } = streamEndpoint(service, { identityMsMax: 0, gatherMs: 0 });
    const [hers, anybodys] = [await endpoint.answer(asking({ authorization: `Bearer ${token}` })), await endpoint.answer(asking({}))];
    const [revoked, other] = [partsOf(hers), partsOf(anybodys)];
    await Promise.all([revoked.next(), other.next()]);
    const told = Promise.all([revoked.next(), other.next()]);
    await new Promise((resolve) => setImmediate(resolve));
    await revokeToken(session, tokenId, 'she has left');
    const [end, next] = await told;
    expect(end.done).toBe(true);
    expect(Buffer.from(next.value as Uint8Array).toString()).toContain(`event: token-revoked\ndata: {"position":`);
    ending.abort();
  });
});
