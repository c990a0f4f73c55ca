/** Where the data of a portfolio end, by the runs of its sleeves. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { dataEndOf, dataEndOfRun, dataEndOfSleeves } from '../../../handlers/runs/data-ends.ts';
import { type View, viewOf } from '../../../handlers/read-models/views.ts';
import { runDirectory } from '../../../projections/run-directory.ts';
import { combinationFacts } from '../../support/backtest-facts.ts';
import { ledgerHolding } from '../../support/history-ledger.ts';
import { metaRunFacts } from '../../support/meta-run-facts.ts';
import { FactHistory } from '../../support/portfolio-events.ts';
import { sleeveRunFacts } from '../../support/sleeve-run-facts.ts';

const { opened, universe } = sleeveRunFacts;
const [consumed] = metaRunFacts.opened('m').consumed;
const consuming = (...runIds: readonly string[]) => runIds.map((runId) => ({ ...consumed!, path: [runId], runId }));

const history = new FactHistory()
  .add('sleeveRun-s1', 'SleeveRunOpened', opened('s1', { sleeve: 'bonds' }))
  .add('sleeveRun-s1', 'UniverseFormed', universe())
  .add('sleeveRun-s2', 'SleeveRunOpened', opened('s2', { sleeve: 'gold' }))
  .add(
    'sleeveRun-s2',
    'UniverseFormed',
    universe({
      grid: { ...universe().grid, last: '2024-01-08' },
      shortened: { pricesLast: '2024-01-10', by: [{ symbol: 'NYSE:GLD', last: '2024-01-08' }] },
    }),
  )
  .add('sleeveRun-s3', 'SleeveRunOpened', opened('s3', { sleeve: 'coins' }))
  .add('metaRun-m1', 'MetaRunOpened', metaRunFacts.opened('m1', { consumed: consuming('s1', 's2', 's1') }))
  .add('metaRun-m2', 'MetaRunOpened', metaRunFacts.opened('m2', { consumed: consuming('s1', 's3') }))
  .add('metaRun-m3', 'MetaRunOpened', metaRunFacts.opened('m3', { consumed: consuming('s1', 'elsewhere') }))
  .add('metaRun-m4', 'MetaRunOpened', metaRunFacts.opened('m4', { consumed: consuming('elsewhere') }))
  .add('combination-c1', 'PositionsCombined', combinationFacts.combined('c1'));

let view: View;
beforeAll(async () => {
  view = await viewOf((await ledgerHolding(history)).ports, runDirectory, null);
});

const gold = { sleeve: 'gold', date: '2024-01-08', shortenedBy: ['NYSE:GLD'] };

describe('where data end', () => {
  test('is what the grid of a run says, and null for a run without one', async () => {
    expect(await dataEndOf(view, 's1')).toEqual({ date: '2024-01-10', shortenedBy: [] });
    expect(await dataEndOf(view, 's2')).toEqual({ date: '2024-01-08', shortenedBy: ['NYSE:GLD'] });
    expect(await dataEndOf(view, 's3')).toBeNull();
    expect(await dataEndOf(view, 'nobody')).toBeNull();
  });

  test('is the earliest of the sleeves of a portfolio, each run once', async () => {
    expect(await dataEndOfRun(view, 'm1')).toEqual({ date: '2024-01-08', asOf: '2024-01-10', daysBefore: 2, by: [gold] });
  });

  test('is not known where a sleeve does not say it, and passes over a run that is not recorded here', async () => {
    expect(await dataEndOfRun(view, 'm2')).toBeNull();
    expect(await dataEndOfRun(view, 'm3')).toMatchObject({ date: '2024-01-10', by: [{ sleeve: 'bonds' }] });
  });

  test.each(['nobody', 'c1', 'm4'])('is not known of %s', async (runId) => {
    expect(await dataEndOfRun(view, runId)).toBeNull();
  });

  test('is none of no sleeves', async () => {
    expect(await dataEndOfSleeves(view, [], '2024-01-10')).toBeNull();
  });
});
