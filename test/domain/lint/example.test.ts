import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { lintProfile } from '../../../domain/lint/lint.ts';
import { resolveProfile } from '../../../domain/manifest/resolve.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { parseRenames } from '../../../domain/returns/renamed-prices.ts';

const read = (name: string): string => readFileSync(new URL(`../../../examples/crypto/${name}`, import.meta.url), 'utf8');
const pairs = read('renames.txt')
  .split('\n')
  .filter((line) => line.startsWith('CRYPTO:'));
const renames = parseRenames(pairs);

test.each([
  ['crypto', [...renames.values()], 'kept'],
  ['crypto_selected', [...renames.values()], 'kept'],
  ['crypto_research', [...renames.keys()], 'kept_research'],
])('the profile %s of the example breaks no rule', (profile, symbols, venue) => {
  const { isCrypto, rules } = lintProfile(resolveProfile(parseManifest(read('manifest.json')), profile), { symbols, prices: new Map() });
  expect(isCrypto).toBe(true);
  expect(rules.filter(({ breaks }) => breaks)).toEqual([]);
  expect(rules.find(({ rule }) => rule === 'venue')!.status).toBe(venue);
  expect(rules.filter(({ status }) => status === 'not_evaluated')).toEqual([]);
});
