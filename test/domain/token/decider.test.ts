import { describe, expect, test } from '@jest/globals';
import { catalogue, draftEvent } from '../../../domain/catalogue.ts';
import { tokenDecider, tokenStanding } from '../../../domain/token/decider.ts';
import type { TokenCreated } from '../../../domain/token/events.ts';
import type { TokenEvent } from '../../../domain/token/slice.ts';
import { given } from '../../support/given-when-then.ts';
import { tokenFacts } from '../../support/token-facts.ts';

const olga = tokenFacts.created('olga');
const { tokenId } = olga;
const created = (token: TokenCreated): TokenEvent => ({ type: 'TokenCreated', data: token });
const revoked = (why: string): TokenEvent => ({ type: 'TokenRevoked', data: { tokenId, why } });

describe('a token', () => {
  test('is made once: the same command again changes nothing, also after it was revoked', () => {
    given(tokenDecider).when({ kind: 'CreateToken', token: olga }).then(created(olga));
    given(tokenDecider, created(olga)).when({ kind: 'CreateToken', token: olga }).thenNothing();
    given(tokenDecider, created(olga), revoked('she left')).when({ kind: 'CreateToken', token: olga }).thenNothing();
  });

  test('never shares its id with another: the second bearer would be turned away', () => {
    given(tokenDecider, created(olga))
      .when({ kind: 'CreateToken', token: tokenFacts.created('eve', { secretSha256: tokenId.padEnd(64, '6') }) })
      .thenRefused('EventContentConflict');
  });

  test('is revoked once, and the first reason stays', () => {
    given(tokenDecider, created(olga)).when({ kind: 'RevokeToken', tokenId, why: 'she left' }).then(revoked('she left'));
    const again = given(tokenDecider, created(olga), revoked('she left')).when({ kind: 'RevokeToken', tokenId, why: 'once more' });
    again.thenNothing();
    expect(again.state()).toEqual({ created: olga, revokedWhy: 'she left' });
  });

  test('that was never made is not revoked', () => {
    given(tokenDecider).when({ kind: 'RevokeToken', tokenId, why: 'she left' }).thenRefused('TokenUnknown');
  });
});

describe('how a token stands', () => {
  const { expiresAt } = olga;

  test.each([
    ['in force until the instant before its end', '2026-04-02T03:04:05.677Z', false, 'in force'],
    ['expired from its end on', expiresAt, false, 'expired'],
    ['expired long after', '2027-01-01T00:00:00.000Z', false, 'expired'],
    ['revoked before its end', '2026-04-02T03:04:05.677Z', true, 'revoked'],
    ['revoked after its end too, which says more', '2027-01-01T00:00:00.000Z', true, 'revoked'],
  ] as const)('is %s', (_, now, isRevoked, standing) => {
    expect(tokenStanding({ expiresAt }, isRevoked, now)).toBe(standing);
  });
});

describe('the facts of a token', () => {
  test('hold the hash of the secret, and nothing from which it could be had', () => {
    expect(Object.keys(catalogue.TokenCreated.schema.shape)).toEqual(['tokenId', 'holder', 'roles', 'secretSha256', 'expiresAt']);
    expect(Object.keys(catalogue.TokenRevoked.schema.shape)).toEqual(['tokenId', 'why']);
  });

  test.each([
    ['a token where its hash belongs', { secretSha256: `slt_${'A'.repeat(43)}` }, 'secretSha256'],
    ['no role', { roles: [] }, 'roles'],
    ['an id that is none', { tokenId: '0123456789ABCDEF' }, 'tokenId'],
    ['an end without a zone', { expiresAt: '2026-04-02T03:04:05.678' }, 'expiresAt'],
    ['nobody', { holder: '' }, 'holder'],
  ] as const)('refuse %s', (_, change, path) => {
    expect(() => draftEvent('TokenCreated', { ...olga, ...change })).toThrow(
      expect.objectContaining({ code: 'SchemaViolation', at: { path } }),
    );
  });
});
