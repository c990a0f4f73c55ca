/** Manifests that would cost far more than their text: each is refused within a second of the processor and 256 MB. */
import { describe, expect, test } from '@jest/globals';
import { scratchDirectory } from '../support/scratch.ts';
import { expectCheap, expectRefused, measured } from './support/bombs.ts';
import { honestManifests, manifestBombs } from './support/manifest-bombs.ts';

const scratch = scratchDirectory();
const codes = ['ManifestInvalid', 'AliasCycle', 'PortfolioNestInvalid', 'LimitExceeded'];

describe('a manifest of somebody else', () => {
  test.each(Object.keys(manifestBombs))('%s is refused', (name) => {
    const found = measured(scratch, 'manifest', name, manifestBombs[name]!(), 'json');
    expectRefused(found, ...codes);
    expect(found.at.file).toMatch(/bomb\.json$/);
    expect(found.at.line ?? found.at.path).toBeDefined();
  });

  test.each(Object.keys(honestManifests))('%s are read', (name) => {
    const found = measured(scratch, 'manifest', name, honestManifests[name]!(), 'json');
    expect([found.message, found.code]).toEqual(['read', null]);
    expectCheap(found);
  });
});
