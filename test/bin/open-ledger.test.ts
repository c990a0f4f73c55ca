/** The library: the same handlers as the command line. */
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openLedger } from '../../bin/open-ledger.ts';
import { parseManifest } from '../../domain/manifest/validate.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { smallManifest, writePrices } from '../support/small-market.ts';

const directory = scratchDirectory();
const options = { from: null, asOf: null, symbols: null, exclude: [], repair: 'none', map: {} } as const;

test('a script records sleeves, lets a portfolio be published by its policy, and asks where it stands', async () => {
  const manifest = parseManifest(smallManifest(), 'manifest.json');
  const ledger = await openLedger({ store: join(directory, 'ledger.sqlite'), create: true, logLevel: 'silent' });
  expect((await ledger.applyManifest(manifest)).portfolios).toHaveLength(3);
  for (const profile of ['stocks', 'funds'] as const) {
    expect(await ledger.reallocate('pair')).toMatchObject({ kind: 'waiting' });
    const files = [await ledger.readPrices(writePrices(directory, profile))];
    await ledger.produceSleeveRun({ manifest, profile, files, options, correction: 0 });
  }
  expect(await ledger.reallocate('pair')).toMatchObject({ kind: 'decided', decision: 'AllocationPublished' });
  expect(await ledger.reallocate('pair')).toEqual({ kind: 'unchanged' });
  const { portfolios } = await ledger.status();
  expect(portfolios.map(({ meta, state }) => [meta, state])).toEqual([['nested', 'waiting'], ['pair', 'published'], ['whole', 'waiting']]);
  const weights = await ledger.weights({ meta: 'pair', risk: 'hrp', asOf: null, knownAt: null, published: true });
  expect(weights.publication).toBe(1);
  await ledger.seal();
  expect((await ledger.verify()).faults).toEqual([]);
  await ledger.close();
});
