import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { limits } from '../../../domain/shared/limits.ts';
import { authenticateToken } from '../../../handlers/access/authenticate-token.ts';
import { fingerprintOf } from '../../../handlers/access/bearer.ts';
import { PageSessions, type SigningIn } from '../../../handlers/access/page-sessions.ts';
import { createToken } from '../../../handlers/commands/create-token.ts';
import { revokeToken } from '../../../handlers/commands/revoke-token.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { ledgerSession } from '../../support/ledger-session.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const begin = '2026-11-21T08:00:00.000Z';
const directory = scratchDirectory();
let now = begin;
let session: Session;
let sessions: PageSessions;

beforeAll(async () => {
  const opened = await ledgerSession(join(directory, 'ledger'));
  session = { ...opened.session, ports: { ...opened.session.ports, clock: { now: () => now } } };
});
beforeEach(() => {
  now = begin;
  sessions = new PageSessions(session);
});

const olga: SigningIn = { holder: 'olga', roles: ['viewer'], expiresAt: '2026-12-01T00:00:00.000Z', fingerprint: null };
const ended = { code: 'NotAuthenticated', message: 'the session has ended: sign in again' };

describe('a session of the page', () => {
  test('is known by an id of 256 bits that is never the same', async () => {
    const [one, other] = [sessions.begin(olga), sessions.begin(olga)];
    expect(Buffer.from(one.id, 'base64url')).toHaveLength(32);
    expect(one.id).not.toBe(other.id);
    expect(await sessions.find(one.id)).toMatchObject({ holder: 'olga', roles: ['viewer'] });
    await expect(sessions.find(`${one.id.slice(0, -1)}_`)).rejects.toMatchObject(ended);
  });

  test('lasts twelve hours, and not a moment longer', async () => {
    const { id, until } = sessions.begin(olga);
    expect(until).toBe('2026-11-21T20:00:00.000Z');
    now = '2026-11-21T19:59:59.999Z';
    await expect(sessions.find(id)).resolves.toMatchObject({ until });
    now = until;
    await expect(sessions.find(id)).rejects.toMatchObject(ended);
    now = begin;
    await expect(sessions.find(id)).rejects.toMatchObject(ended);
  });

  test('lasts no longer than its token', () => {
    expect(sessions.begin({ ...olga, expiresAt: '2026-11-21T08:05:00.000Z' }).until).toBe('2026-11-21T08:05:00.000Z');
  });

  test('ends when it is ended, and no other with it', async () => {
    const [one, other] = [sessions.begin(olga), sessions.begin(olga)];
    sessions.end(one.id);
    await expect(sessions.find(one.id)).rejects.toMatchObject(ended);
    await expect(sessions.find(other.id)).resolves.toBeDefined();
  });

  test('ends with its token, at the next request', async () => {
    const made = await createToken(session, { holder: 'olga', roles: ['approver'], days: 30 });
    const fingerprint = fingerprintOf(session.ports.crypto, made.token);
    const { id } = sessions.begin({ ...(await authenticateToken(session, made.token)), fingerprint });
    expect(await sessions.find(id)).toMatchObject({ holder: 'olga', roles: ['approver'] });
    await revokeToken(session, made.tokenId, 'she left');
    await expect(sessions.find(id)).rejects.toMatchObject({ code: 'NotAuthenticated', message: 'the token was revoked' });
    await expect(sessions.find(id)).rejects.toMatchObject(ended);
  });

  test('gives way to later ones of the same person beyond their number, and to nobody else’s', async () => {
    const peter = sessions.begin({ ...olga, holder: 'peter' });
    const hers = Array.from({ length: limits.pageSessionsOfOneMax + 1 }, () => sessions.begin(olga).id);
    await expect(sessions.find(hers[0]!)).rejects.toMatchObject(ended);
    await expect(sessions.find(hers[1]!)).resolves.toBeDefined();
    await expect(sessions.find(hers.at(-1)!)).resolves.toBeDefined();
    await expect(sessions.find(peter.id)).resolves.toBeDefined();
  });
});
