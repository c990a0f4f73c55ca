/** `readings: [hurst=rs, hurst=corrected]` was taken without a word, and the later choice held. */
import { expect, test } from '@jest/globals';
import { parseManifest } from '../../domain/manifest/validate.ts';
import { refusalOf } from '../support/refusal.ts';

const manifestWith = (readings: readonly string[] | string) =>
  parseManifest(JSON.stringify({ profiles: { one: { selection: { selection_mode: 'v4', readings } } } }), 'manifest.json');

test.each([[['hurst=rs', 'hurst=corrected']], ['quota_per=side, hurst=rs, quota_per=cluster']])(
  'readings %j choose twice for one rule and are refused',
  (readings) => {
    expect(refusalOf(() => manifestWith(readings))).toMatchObject({
      code: 'ManifestInvalid',
      message: expect.stringContaining('twice for one rule'),
      at: { file: 'manifest.json', line: 1, path: 'profiles.one.selection.readings' },
    });
  },
);

test('one choice for each of several rules is a reading', () => {
  expect(() => manifestWith(['hurst=rs', 'quota_per=side'])).not.toThrow();
});
