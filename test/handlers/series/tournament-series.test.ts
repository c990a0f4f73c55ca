/** The tables of a recorded tournament, whole: three entrants, of which one repeats another and one earned on other dates. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { EventData } from '../../../domain/catalogue.ts';
import { entrantWeights, tournamentReturns, tournamentSeries } from '../../../handlers/series/tournament-series.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { keepJson, keepTable, recordHistory, tableOfRows } from '../../support/fact-ledger.ts';
import { FactHistory } from '../../support/portfolio-events.ts';
import { tournamentFacts } from '../../support/tournament-facts.ts';

type Completed = EventData<'TournamentCompleted'>;

const ports = createMemoryStore();
const weights = tableOfRows(['AAA', 'BBB'], { '2024-01-04': [0.5, 0.25], '2024-01-09': [0.75, 0.125] });

/** Figures that no two entrants and no two columns share. */
async function completed(): Promise<Completed> {
  const { entrants, ...rest } = tournamentFacts.completed('cup');
  const [first, twin, second] = entrants;
  // The gross returns stand first: only the column of that name is net.
  const late = await keepTable(
    ports,
    tableOfRows(['gross', 'net'], { '2024-01-08': [0.9, 0.08], '2024-01-09': [0.8, -0.04], '2024-01-11': [0.7, 0] }),
  );
  const early = await keepTable(ports, tableOfRows(['gross', 'net'], { '2024-01-05': [0.6, 0.01], '2024-01-08': [0.5, 0.02] }));
  const metrics = {
    ...first!.metrics,
    total: 0.25,
    twrAnnualised: 0.125,
    volatility: 0.0625,
    sharpe: 2,
    maxDrawdown: -0.5,
  };
  const best = {
    ...first!,
    metrics,
    deflatedSharpe: 0.875,
    againstFirst: { id: 'a', difference: 0.1, z: 0.375 },
    againstRawPool: { id: 'c', difference: 0.2, z: 1.5 },
    held: { ...first!.held, turnoverTwoSided: 3, costFraction: 0.03125, stream: late, weights: await keepTable(ports, weights) },
  };
  return {
    ...rest,
    entrants: [
      best,
      { ...best, id: twin!.id, identicalTo: 'a', againstFirst: { id: 'a', difference: null, z: null } },
      {
        ...second!,
        metrics: { ...metrics, total: 0.5, twrAnnualised: null, volatility: 0.75, sharpe: null, maxDrawdown: 0 },
        againstFirst: { id: 'a', difference: -0.25, z: -2.5 },
        againstRawPool: null,
        held: { ...second!.held, turnoverTwoSided: 4, costFraction: 0.015625, stream: early, weights: null },
      },
    ],
    pairs: {
      compared: 1,
      withinNoise: 1,
      table: await keepJson(ports, [
        { left: 'a', right: 'c', correlation: 0.5, difference: -0.25, z: null },
        { left: 'c', right: 'x', correlation: null, difference: null, z: 1.75 },
      ]),
    },
  };
}

beforeAll(async () => {
  const history = new FactHistory()
    .add('tournament-cup', 'TournamentStarted', tournamentFacts.started('cup'))
    .add('tournament-cup', 'TournamentCompleted', await completed())
    .add('tournament-lost', 'TournamentStarted', tournamentFacts.started('lost'))
    .add('tournament-lost', 'TournamentFailed', tournamentFacts.failed('lost'));
  await recordHistory(ports, history);
});

const none = Number.NaN;
const byName = (name: string, heading: string, rows: readonly string[], values: Readonly<Record<string, readonly number[]>>) => ({
  name,
  index: { kind: 'names', heading, values: rows },
  columns: Object.keys(values),
  values: Object.values(values).map((column) => Float64Array.from(column)),
});
/** The union of the dates, in order; an entrant is empty where it earned nothing. */
const net = {
  dates: ['2024-01-05', '2024-01-08', '2024-01-09', '2024-01-11'],
  columns: ['a', 'c'],
  values: [Float64Array.of(none, 0.08, -0.04, 0), Float64Array.of(0.01, 0.02, none, none)],
};

describe('the series of a tournament', () => {
  test('are ranks and figures of every entrant, net returns of the distinct ones, and their pairs', async () => {
    const { dates, columns, values } = net;
    expect(await tournamentSeries(ports, 'cup')).toEqual([
      byName('ranks', 'entrant', ['a', 'b', 'c'], {
        rank: [1, 1, 2],
        total: [0.25, 0.25, 0.5],
        twr_annualised: [0.125, 0.125, none],
        volatility: [0.0625, 0.0625, 0.75],
        sharpe: [2, 2, none],
        max_drawdown: [-0.5, -0.5, 0],
        deflated_sharpe: [0.875, 0.875, none],
        z_against_first: [0.375, none, -2.5],
        z_against_raw_pool: [1.5, 1.5, none],
        turnover_two_sided: [3, 3, 4],
        cost_fraction: [0.03125, 0.03125, 0.015625],
      }),
      { name: 'returns', index: { kind: 'dates', values: dates }, columns, values },
      byName('pairs', 'pair', ['a | c', 'c | x'], { correlation: [0.5, none], difference: [-0.25, none], z: [none, 1.75] }),
    ]);
  });

  test('give its returns alone as well', async () => {
    expect(await tournamentReturns(ports, 'cup')).toEqual(net);
  });

  test.each([tournamentSeries, tournamentReturns])('are refused where no entrant was ranked', async (ask) => {
    await expect(ask(ports, 'lost')).rejects.toMatchObject({
      code: 'EntrantsNotRanked',
      message: 'the tournament lost ranked no entrant',
      at: { path: 'lost' },
    });
    await expect(ask(ports, 'nobody')).rejects.toMatchObject({ code: 'RunUnknown', message: 'no tournament nobody is recorded' });
  });
});

describe('the weights of an entrant', () => {
  test('are a row for each of its windows', async () => {
    expect(await entrantWeights(ports, 'cup', 'a')).toEqual(weights);
    expect(await entrantWeights(ports, 'cup', 'b')).toEqual(weights);
  });

  test.each([
    ['c', { message: 'c is imported: its weights are those of the run', evidence: {} }],
    [null, { message: '--entrant says whose weights of cup are meant', evidence: { entrants: ['a', 'b', 'c'] } }],
    ['hrp', { message: 'no entrant of cup is "hrp"; there are a, b, c', evidence: { entrants: ['a', 'b', 'c'] } }],
    ['B', { message: 'no entrant of cup is "B": did you mean b?', evidence: { entrants: ['a', 'b', 'c'] } }],
  ])('named %s are refused with what there is', async (id, { message, evidence }) => {
    const refused = entrantWeights(ports, 'cup', id);
    await expect(refused).rejects.toMatchObject({ code: 'Usage', at: { path: '--entrant' } });
    await refused.catch((error: unknown) => expect(error).toMatchObject({ message, evidence }));
  });
});
