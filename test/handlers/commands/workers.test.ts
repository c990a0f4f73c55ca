/** The same commands with and without workers: the same facts, the same artifacts, byte for byte. */
import { describe, expect, test } from '@jest/globals';
import { Workbench } from '../../support/cli.ts';
import { recordedWith } from '../../support/compute/recorded-with.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();

describe('runs whose profiles are solved by workers', () => {
  test('have the facts and artifacts that they have without any', async () => {
    const here = await recordedWith(scratch, 0);
    expect(here.facts.filter(([fact]) => fact.endsWith(' SleeveProfileSolved')).length).toBe(18);
    expect(here.facts.filter(([fact]) => fact.endsWith(' PortfolioFlattened')).length).toBeGreaterThan(3);
    expect(await recordedWith(scratch, 2)).toEqual(here);
  });

  test('are refused with a number of workers that is none', async () => {
    const bench = new Workbench(scratch);
    for (const workers of ['-1', '1.5', 'many', '257'])
      expect(await bench.json(['flow', 'meta', '--profile', 'whole', '--workers', workers])).toMatchObject({
        exit: 2,
        error: { code: 'ConfigInvalid', at: { path: 'workers' } },
      });
  });
});
