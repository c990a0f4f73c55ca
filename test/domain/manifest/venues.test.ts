import { describe, expect, test } from '@jest/globals';
import { resolveProfile } from '../../../domain/manifest/resolve.ts';
import { profileIdentity } from '../../../domain/manifest/identity.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { foreignVenues, requireVenues } from '../../../domain/manifest/venues.ts';
import type { JsonObject } from '../../../domain/shared/canonical-json.ts';
import { refusalOf } from '../../support/refusal.ts';

const coins = ['BINANCE:BTCUSDT', 'OKX:ETHUSDT', 'CRYPTO:BTCUSD', 'NYSE:IBM'];

const profileOf = (blocks: JsonObject) => resolveProfile(parseManifest(JSON.stringify({ profiles: { crypto: blocks } })), 'crypto');
const judge = (blocks: JsonObject): void => requireVenues(profileOf(blocks), coins);

test('coins of other venues are foreign, and so are aggregated prices; stocks are no coins', () => {
  expect(foreignVenues(coins)).toEqual(['CRYPTO:BTCUSD', 'OKX:ETHUSDT']);
});

describe('the venue of production', () => {
  test('holds for a profile that selects, and for one that speaks of research', () => {
    for (const blocks of [{ selection: { selection_mode: 'v4' } }, { data: { research: false } }])
      expect(refusalOf(() => judge(blocks)).code).toBe('VenueForeign');
  });

  test('holds neither for research nor for a profile that is older than the rule', () => {
    for (const blocks of [{}, { data: { research: true } }, { selection: { selection_mode: 'v4' }, data: { research: true } }])
      expect(() => judge(blocks)).not.toThrow();
  });

  test('says which symbols, and where research was written', () => {
    expect(refusalOf(() => judge({ data: { research: false } }))).toMatchObject({
      message: 'Profile crypto is for production, which holds coins of BINANCE only: CRYPTO:BTCUSD, OKX:ETHUSDT',
      evidence: { symbols: ['CRYPTO:BTCUSD', 'OKX:ETHUSDT'] },
      at: { path: 'profiles.crypto.data.research' },
    });
  });
});

test('a profile keeps its identity unless it is for research', () => {
  const plain = JSON.stringify(profileIdentity(profileOf({})));
  expect(JSON.stringify(profileIdentity(profileOf({ data: { research: false } })))).toBe(plain);
  expect(JSON.stringify(profileIdentity(profileOf({ data: { research: true } })))).not.toBe(plain);
});
