/** What a recorded run holds cash in, by the definition of its kind. */
import { describe, expect, test } from '@jest/globals';
import { StagedArtifacts } from '../../../domain/documents/staged-artifacts.ts';
import { resolveProfile } from '../../../domain/manifest/resolve.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { cashAssetOfRun } from '../../../handlers/runs/cash-asset.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { nestedPortfolio } from '../../support/delivered-runs.ts';
import { metaRunFacts } from '../../support/meta-run-facts.ts';
import { FactHistory } from '../../support/portfolio-events.ts';
import { sha256 } from '../../support/sample-events.ts';
import { sleeveRunFacts } from '../../support/sleeve-run-facts.ts';

const staged = new StagedArtifacts(sha256);
const leaves = { 'backtest.backtest_cash_asset': 'BIL' };
const origin = { system: 'desk', runId: null, ledgerId: null, runHash: null, eligibility: null };
const settings = (asset: object) => resolveProfile(parseManifest(JSON.stringify({ profiles: { a: { backtest: asset } } }), 'm.json'), 'a');
const definitions = {
  named: staged.document('resolved-profile', settings({ backtest_cash_asset: 'SHV' })),
  unnamed: staged.document('resolved-profile', settings({})),
  imported: staged.document('imported-definition', { profile: 'a', leaves, leftAside: [] }),
  told: staged.document('told-definition', { profile: 'a', leaves, selectionMode: null, origin }),
  silent: staged.document('told-definition', { profile: 'a', leaves: {}, selectionMode: null, origin }),
  portfolio: staged.document('meta-portfolio', nestedPortfolio({}, { backtest: { backtest_cash_asset: 'SGOV' } })),
};

async function assetOf(history: FactHistory) {
  const { artifacts } = createMemoryStore();
  await artifacts.putAll(staged.contents());
  return cashAssetOfRun(artifacts, history.events);
}

describe('the cash asset', () => {
  test.each([
    ['production', 'named', { asset: 'SHV', isNamed: true }],
    ['production', 'unnamed', { asset: 'USDT', isNamed: false }],
    ['import', 'imported', { asset: 'BIL', isNamed: true }],
    ['message', 'told', { asset: 'BIL', isNamed: true }],
    ['message', 'silent', { asset: 'USDT', isNamed: false }],
  ] as const)('of a sleeve run by %s whose settings are %s', async (source, definition, asset) => {
    const opened = sleeveRunFacts.opened('s1', { source, definition: definitions[definition] });
    expect(await assetOf(new FactHistory().add('sleeveRun-s1', 'SleeveRunOpened', opened))).toEqual(asset);
  });

  test('of a meta run is that of its portfolio', async () => {
    const opened = metaRunFacts.opened('m1', { definition: definitions.portfolio });
    expect(await assetOf(new FactHistory().add('metaRun-m1', 'MetaRunOpened', opened))).toEqual({ asset: 'SGOV', isNamed: true });
  });

  test('is none of what does not begin as a run', async () => {
    const graded = new FactHistory().add('sleeveRun-s1', 'SleeveRunCertified', sleeveRunFacts.graded());
    await expect(assetOf(graded)).rejects.toMatchObject({ code: 'ChainBroken', message: 'a run begins with SleeveRunCertified' });
    await expect(assetOf(new FactHistory())).rejects.toMatchObject({ code: 'ChainBroken', message: 'a run begins with nothing' });
  });
});
