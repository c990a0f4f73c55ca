import { describe, expect, test } from '@jest/globals';
import { importedSettings } from '../../../../handlers/intake/run-directory/imported-settings.ts';
import { createNodeCrypto } from '../../../../infra/crypto/node-crypto.ts';
import { refusalOf } from '../../../support/refusal.ts';

const { sha256 } = createNodeCrypto();
const settingsOf = (content: unknown) => importedSettings(Buffer.from(JSON.stringify(content)), 'f', sha256);

describe('the settings of a run', () => {
  test('that states nothing are those of nobody, in the currency of the documents', () => {
    expect(settingsOf({})).toEqual({
      profile: null,
      currency: 'USD',
      currencyTreatment: null,
      temporalId: null,
      leaves: {},
      leavesOfVersion1: {},
    });
  });

  test('are its profile, its currency and its leaves', () => {
    const { leaves, ...words } = settingsOf({
      profile: 'crypto_long-2',
      currency: 'EUR',
      currency_treatment: 'hedged',
      risk: { profile: 'hrp' },
    });
    expect(words).toMatchObject({ profile: 'crypto_long-2', currency: 'EUR', currencyTreatment: 'hedged', temporalId: null });
    expect(leaves).toMatchObject({ 'risk.profile': 'hrp' });
    expect(settingsOf({ currency_treatment: 'converted', profile: null })).toMatchObject({ currencyTreatment: 'converted', profile: null });
  });

  test.each([
    ['profile', '-x', '"-x"'],
    ['profile', 'x'.repeat(81), `"${'x'.repeat(81)}"`],
    ['profile', 'x'.repeat(200), `"${'x'.repeat(99)}`],
    ['profile', 7, '7'],
    ['currency', 'eur', '"eur"'],
    ['currency', 'EU', '"EU"'],
    ['currency', 'EUROES', '"EUROES"'],
    ['currency_treatment', 'hedged!', '"hedged!"'],
    ['currency_treatment', 'unhedged', '"unhedged"'],
  ])('whose %s is %j are refused', (key, value, shown) => {
    const { code, message, at } = refusalOf(() => settingsOf({ [key]: value }));
    expect({ code, message, at }).toEqual({ code: 'RunDirectoryInvalid', message: `f: ${key} is ${shown}`, at: { file: 'f', path: key } });
  });

  test('that are no object are refused', () => {
    expect(refusalOf(() => settingsOf([])).message).toBe('f: not an object of settings');
  });

  test('the longest name of a profile is one', () => {
    expect(settingsOf({ profile: 'x'.repeat(80) }).profile).toBe('x'.repeat(80));
  });
});
