import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { fingerprintOf, isOwnToken, newBearerToken } from '../../../handlers/access/bearer.ts';
import { authenticateToken } from '../../../handlers/access/authenticate-token.ts';
import { createToken } from '../../../handlers/commands/create-token.ts';
import { revokeToken } from '../../../handlers/commands/revoke-token.ts';
import { StreamFolds } from '../../../handlers/runtime/folds.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { streams } from '../../../handlers/runtime/streams.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import { fixedClock } from '../../../infra/system/clock.ts';
import { ledgerSession } from '../../support/ledger-session.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { tokenFacts } from '../../support/token-facts.ts';

const scratch = scratchDirectory();
/** The clock of the session stands at 2026-11-21T08:00:00.000Z. */
let session: Session;
beforeAll(async () => {
  ({ session } = await ledgerSession(join(scratch, 'ledger.sqlite')));
});

const at = (now: string): Session => ({ ...session, ports: { ...session.ports, clock: fixedClock(now) } });

describe('a token', () => {
  test('is 32 bytes of chance in base64url behind its prefix, and known as one of ours', () => {
    const crypto = createNodeCrypto();
    const token = newBearerToken({ randomBytes: () => new Uint8Array(32).fill(251) });
    expect(token).toBe('slt_-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s');
    expect(isOwnToken(token)).toBe(true);
    expect(newBearerToken(crypto)).not.toBe(newBearerToken(crypto));
    for (const other of ['', 'slt_', token.slice(0, -1), `${token}A`, ` ${token}`, `${token}\n`, 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln'])
      expect(isOwnToken(other)).toBe(false);
  });

  test('is known by the SHA-256 of what its bearer sends, of which the id is the beginning', () => {
    // Of FIPS 180-2, appendix B.1: SHA-256 of "abc".
    expect(fingerprintOf(createNodeCrypto(), 'abc')).toEqual({
      secretSha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      tokenId: 'ba7816bf8f01cfea',
    });
  });

  test('says whose it is and what they may do, until its end', async () => {
    const { token, tokenId, expiresAt } = await createToken(session, { holder: 'olga', roles: ['approver', 'operator'], days: 1 });
    expect(expiresAt).toBe('2026-11-22T08:00:00.000Z');
    expect(await authenticateToken(session, token)).toEqual({ tokenId, holder: 'olga', roles: ['operator', 'approver'], expiresAt });
    expect(await authenticateToken(at('2026-11-22T07:59:59.999Z'), token)).toMatchObject({ holder: 'olga' });
    await expect(authenticateToken(at(expiresAt), token)).rejects.toMatchObject({
      code: 'NotAuthenticated',
      message: `the token expired at ${expiresAt}`,
    });
  });

  test('lets nobody in once it was revoked, at once and also by a session that had let it in before', async () => {
    const serving = { ...session, folds: new StreamFolds(session.ports.store) };
    const { token, tokenId } = await createToken(session, { holder: 'olga', roles: ['operator'], days: 1 });
    expect(await authenticateToken(serving, token)).toMatchObject({ tokenId });
    await revokeToken(session, tokenId, 'she left');
    await expect(authenticateToken(serving, token)).rejects.toMatchObject({ code: 'NotAuthenticated', message: 'the token was revoked' });
  });

  test('that was never made lets nobody in, nor does another one with the same beginning of its hash', async () => {
    const { token } = await createToken(session, { holder: 'olga', roles: ['operator'], days: 1 });
    const strange = newBearerToken(session.ports.crypto);
    await expect(authenticateToken(session, strange)).rejects.toMatchObject({ code: 'NotAuthenticated' });
    const { tokenId } = fingerprintOf(session.ports.crypto, strange);
    await streams.token.handle(session, tokenId, { kind: 'CreateToken', token: tokenFacts.created('eve', { digits: tokenId }) });
    await expect(authenticateToken(session, strange)).rejects.toMatchObject({ code: 'NotAuthenticated' });
    expect(await authenticateToken(session, token)).toMatchObject({ holder: 'olga' });
  });
});
