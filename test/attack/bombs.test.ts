/** Small files that would cost much: each is refused within a second of the processor and 256 MB. */
import { describe, expect, test } from '@jest/globals';
import { scratchDirectory } from '../support/scratch.ts';
import { diamond } from './support/manifest-bombs.ts';
import { expectRefused, measured } from './support/bombs.ts';

const scratch = scratchDirectory();

describe('the four that were found', () => {
  test('a manifest that holds a portfolio within itself many times over', () => {
    const found = measured(scratch, 'manifest', 'a diamond of portfolios', diamond(4, 20), 'json');
    expectRefused(found, 'PortfolioNestInvalid');
  });

  test('an export of empty lines', () => {
    expectRefused(measured(scratch, 'audit verify', '25 MB of newlines', '\n'.repeat(25_000_000)), 'AuditFileInvalid');
  });

  test('lines of millions of commas', () => {
    const line = Buffer.alloc(4_000_000, ',');
    const lines = Array.from({ length: 35 }, () => [line, Buffer.from('\n')]).flat();
    const bytes = Buffer.concat([Buffer.from('date,X:A\n'), ...lines]);
    const found = measured(scratch, 'CSV prices', '36 lines and 140 MB of commas', bytes, 'csv');
    expectRefused(found, 'LimitExceeded');
    expect(found.at.line).toBe(2);
  });
});
