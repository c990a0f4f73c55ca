/** Exports, bundles, checkpoints and keys of others that would cost far more than their length. */
import { describe, expect, test } from '@jest/globals';
import { scratchDirectory } from '../support/scratch.ts';
import { expectCheap, expectRefused, measured } from './support/bombs.ts';
import { archiveBombs, exportBombs, honestExports, noteBombs } from './support/evidence-bombs.ts';

const scratch = scratchDirectory();

describe('an export of somebody else', () => {
  test.each(Object.keys(exportBombs))('%s are refused', (name) => {
    const found = measured(scratch, 'audit verify', name, exportBombs[name]!());
    expectCheap(found);
    // A file of a few long lines is judged whole, and has a fault for each.
    if (found.code === null) expect(found.faults).toBeGreaterThan(0);
    else {
      expectRefused(found, 'AuditFileInvalid');
      expect(found.at.line).toBeGreaterThan(0);
    }
  });

  test.each(Object.keys(archiveBombs))('%s are a fault', (name) => {
    const found = measured(scratch, 'audit verify', name, archiveBombs[name]!());
    expectCheap(found);
    expect([found.code, found.faults]).toEqual([null, 1]);
  });

  test.each(Object.keys(honestExports))('%s is without a fault', (name) => {
    const found = measured(scratch, 'audit verify', name, honestExports[name]!());
    expect([found.message, found.faults]).toEqual(['read', 0]);
    expect(found.megabytes).toBeLessThan(256);
  });
});

describe('a checkpoint or key of somebody else', () => {
  test.each(Object.keys(noteBombs))('%s are refused', (name) => {
    for (const reader of ['signed note', 'verifier key'] as const)
      expectRefused(measured(scratch, reader, name, noteBombs[name]!()), 'CheckpointInvalid', 'LimitExceeded');
  });
});
