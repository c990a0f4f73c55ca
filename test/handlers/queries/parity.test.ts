/** Which definition the sleeves of a portfolio are compared by. */
import { describe, expect, test } from '@jest/globals';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { portfolioParity } from '../../../handlers/queries/parity.ts';
import { openDesk } from '../../support/desk/ledger.ts';
import { DeskMarket, resultsInOrder } from '../../support/desk/market.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const size = { sleeves: 3, sessions: 1, seed: 20_261_130, nested: false };
const scratch = scratchDirectory();

describe('parity where no manifest is there', () => {
  test('is what the manifest in force says, and what was in force when it was known', async () => {
    const market = new DeskMarket(size);
    const [meta] = market.portfolios as [string];
    const desk = await openDesk({ store: `${scratch}/desk.sqlite` }, market);
    const { session } = desk;
    const manifest = parseManifest(market.manifestText({ withPolicies: false }), 'manifest.json');
    const [opened] = await session.ports.store.readAll({ after: null, maxCount: 1, types: null });
    for (const key of resultsInOrder(size)) await desk.deliver(market.message(key));
    const question = { meta, asOf: null, knownAt: null };
    const own = await portfolioParity(session.ports, null, question);
    expect(own.verdict.leaves.length).toBeGreaterThan(0);
    expect(own).toEqual(await portfolioParity(session.ports, manifest, question));
    for (const other of [{ meta: 'nobody' }, { knownAt: opened!.position }])
      await expect(portfolioParity(session.ports, null, { ...question, ...other })).rejects.toMatchObject({ code: 'PortfolioUndefined' });
    await desk.close();
  });
});
