import { describe, expect, test } from '@jest/globals';
import packageJson from '../package.json' with { type: 'json' };
import { filesBelow } from './support/files-below.ts';
import { type Tier, tierOf } from './support/tiers.ts';
import tiers from './tiers.json' with { type: 'json' };

const files = filesBelow(['test'], '.test.ts');

describe('the tiers of the tests', () => {
  test('hold each test file', () => {
    expect(files.length).toBeGreaterThan(150);
    expect(files.filter((file) => tierOf(file) === null)).toEqual([]);
  });

  test('have a file each', () => {
    const inUse = new Set(files.map(tierOf));
    expect(Object.keys(tiers).filter((tier) => !inUse.has(tier as Tier))).toEqual([]);
  });

  test('run by a command each', () => {
    for (const tier of Object.keys(tiers))
      expect(packageJson.scripts).toHaveProperty([`test:${tier}`], expect.stringContaining(`--selectProjects ${tier} `));
  });

  test.each([
    ['test/domain/audit/merkle.test.ts', 'unit'],
    ['test/domain/audit/chain.test.ts', 'laws'],
    ['test/domain/audit/independent-verifier.test.ts', 'whole'],
    ['test/docs.test.ts', 'integration'],
    ['test/infra/kafka/outages.test.ts', 'broker'],
    ['test/a-new-folder/some.test.ts', null],
  ])('%s belongs to %j', (file, expected) => {
    expect(tierOf(file)).toBe(expected);
  });

  test('name what is there', () => {
    const all = Object.entries(tiers).flatMap(([tier, { files: patterns }]) => patterns.map((pattern) => [tier, pattern] as const));
    const idle = all.filter(([, pattern]) => !files.some((file) => new RegExp(`^test/(?:${pattern}).*\\.test\\.ts$`).test(file)));
    expect(idle).toEqual([]);
  });
});
