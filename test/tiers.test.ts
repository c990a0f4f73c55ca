import { describe, expect, test } from '@jest/globals';
import packageJson from '../package.json' with { type: 'json' };
import { filesBelow } from './support/files-below.ts';
import tiers from './tiers.json' with { type: 'json' };

/** By the same expression as jest.config.js, so that what holds here holds of what runs. */
const patterns = Object.entries(tiers).map(([tier, { files }]) => ({
  tier,
  pattern: new RegExp(`^test/(?:${files.join('|')}).*\\.test\\.ts$`),
}));
const tiersOf = (file: string): string[] => patterns.filter(({ pattern }) => pattern.test(file)).map(({ tier }) => tier);
const files = filesBelow(['test'], '.test.ts');

describe('the tiers of the tests', () => {
  test('hold each test file, in one tier and no other', () => {
    expect(files.length).toBeGreaterThan(150);
    expect(files.map((file) => ({ file, tiers: tiersOf(file) })).filter((found) => found.tiers.length !== 1)).toEqual([]);
  });

  test('have a file each', () => {
    const inUse = new Set(files.flatMap(tiersOf));
    expect(Object.keys(tiers).filter((tier) => !inUse.has(tier))).toEqual([]);
  });

  test('run by a command each', () => {
    for (const tier of Object.keys(tiers))
      expect(packageJson.scripts).toHaveProperty([`test:${tier}`], expect.stringContaining(`--selectProjects ${tier} `));
  });

  test.each([
    ['test/domain/audit/merkle.test.ts', ['unit']],
    ['test/domain/audit/chain.test.ts', ['laws']],
    ['test/domain/audit/independent-verifier.test.ts', ['integration']],
    ['test/docs.test.ts', ['integration']],
    ['test/infra/kafka/outages.test.ts', ['broker']],
    ['test/a-new-folder/some.test.ts', []],
  ])('%s belongs to %j', (file, expected) => {
    expect(tiersOf(file)).toEqual(expected);
  });
});
