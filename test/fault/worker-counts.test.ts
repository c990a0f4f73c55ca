/** The number of workers is nobody's business but the clock's. */
import { describe, expect, test } from '@jest/globals';
import { type RecordedRuns, recordedWith } from '../support/compute/recorded-with.ts';
import { scratchDirectory } from '../support/scratch.ts';

const scratch = scratchDirectory();
let here: RecordedRuns | null = null;

describe('runs of three sleeves and a portfolio', () => {
  test.each([1, 2, 4])('have the same facts and artifacts with %i workers as without', async (threads) => {
    here ??= await recordedWith(scratch, 0);
    expect(here.facts.length).toBeGreaterThan(40);
    expect(await recordedWith(scratch, threads)).toEqual(here);
  });
});
