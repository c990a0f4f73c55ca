import { describe, expect, test } from '@jest/globals';
import type { RiskProfile } from '../../../domain/risk/schemas.ts';
import { quarantineSleeve } from '../../../handlers/commands/quarantine-sleeve.ts';
import { portfolioDrift } from '../../../handlers/queries/drift.ts';
import { reallocate } from '../../../handlers/reaction/reallocate.ts';
import { loadSleeveRun } from '../../../handlers/runs/load-sleeve-run.ts';
import { RecordedInputs } from '../../../handlers/runs/recorded-inputs.ts';
import { deliver, deliverAll, type Desk, openDesk, recorded } from '../reaction/desk.ts';

const publishedOn = '2022-12-15';
const now = { asOf: null, knownAt: null };

async function publishedDesk(): Promise<Desk> {
  const desk = await openDesk();
  await deliverAll(desk, publishedOn);
  await reallocate(desk.session, new RecordedInputs(desk.session.ports), 'whole');
  return desk;
}

/** What one unit became, by the returns that the run recorded. */
async function grownIn({ session }: Desk, { runId, risk }: { runId: string; risk: RiskProfile }, to: string): Promise<number> {
  const { series } = (await loadSleeveRun(session.ports, runId, [risk])).streams.get(risk)!;
  return series.dates.reduce((growth, date, row) => (date > publishedOn && date <= to ? growth * (1 + series.values[row]!) : growth), 1);
}

describe('how far a portfolio has drifted from its publication', () => {
  test('is nothing while no sleeve has newer returns, and nothing is known before the first publication', async () => {
    const desk = await openDesk();
    const { ports } = desk.session;
    await expect(portfolioDrift(ports, { meta: 'whole', ...now })).rejects.toMatchObject({ code: 'NothingPublished' });
    await expect(portfolioDrift(ports, { meta: 'nobody', ...now })).rejects.toMatchObject({ code: 'PortfolioUndefined' });
    await deliverAll(desk, publishedOn);
    await reallocate(desk.session, new RecordedInputs(ports), 'whole');
    const drift = await portfolioDrift(ports, { meta: 'whole', ...now });
    expect(drift).toMatchObject({ number: 1, asOf: publishedOn, to: publishedOn, driftTwoSided: 0, unknownBecause: null });
    expect(drift.sleeves.map(({ growth }) => growth)).toEqual([1, 1, 1]);
  });

  test('follows the newest runs of its sleeves, and is what the next rebalance is measured against', async () => {
    const desk = await publishedDesk();
    const { ports } = desk.session;
    const before = (await ports.store.head())!;
    await deliverAll(desk, '2022-12-20');
    const drift = await portfolioDrift(ports, { meta: 'whole', ...now });
    expect(drift).toMatchObject({ number: 1, asOf: publishedOn, to: '2022-12-20' });
    const { risk } = drift;
    for (const { growth, runId } of drift.sleeves) expect(growth).toBeCloseTo(await grownIn(desk, { runId, risk }, '2022-12-20'), 12);
    const [first] = await recorded(desk, 'AllocationPublished');
    const pnl = drift.sleeves.reduce((sum, { published, growth }) => sum + published * (growth - 1), 0);
    for (const { published, growth, drifted } of drift.sleeves) expect(drifted).toBeCloseTo((published * growth) / (1 + pnl), 12);
    expect(Object.fromEntries(drift.assets.map(({ symbol, published }) => [symbol, published]))).toEqual(first!.weights);
    const moved = drift.assets.reduce((sum, { published, drifted }) => sum + Math.abs(drifted - published), 0);
    expect(moved).toBeGreaterThan(0.001);
    expect(drift.driftTwoSided).toBeCloseTo(moved, 12);
    // The past knows nothing of what came later.
    expect(await portfolioDrift(ports, { meta: 'whole', asOf: null, knownAt: before })).toMatchObject({
      to: publishedOn,
      driftTwoSided: 0,
    });
    expect(await portfolioDrift(ports, { meta: 'whole', asOf: publishedOn, knownAt: null })).toMatchObject({ to: publishedOn });
    await reallocate(desk.session, new RecordedInputs(ports), 'whole');
    const { rebalance } = (await recorded(desk, 'AllocationPublished'))[1]!;
    expect(rebalance.growth).toEqual(drift.sleeves.map(({ path, growth }) => ({ path, growth })));
  });

  test('goes as far as the sleeve that lags, and is not known where one is in quarantine', async () => {
    const desk = await publishedDesk();
    await deliver(desk, 'stocks', '2022-12-20');
    await deliver(desk, 'funds', '2022-12-19');
    await deliver(desk, 'coins', '2022-12-20');
    expect(await portfolioDrift(desk.session.ports, { meta: 'whole', ...now })).toMatchObject({ to: '2022-12-19', unknownBecause: null });
    await quarantineSleeve(desk.session, 'funds', 'its prices are wrong');
    expect(await portfolioDrift(desk.session.ports, { meta: 'whole', ...now })).toMatchObject({
      driftTwoSided: null,
      unknownBecause: `returns of funds since ${publishedOn} are not known: sleeve funds (funds) is quarantined: its prices are wrong`,
      sleeves: [],
      assets: [],
    });
  });
});
