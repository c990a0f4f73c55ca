import { describe, expect, test } from '@jest/globals';
import { accountOf, type Account } from '../../../domain/selection/account.ts';
import { compareSelections } from '../../../domain/selection/comparison.ts';
import { select } from '../../../domain/selection/select.ts';
import { vetoCodes } from '../../../domain/selection/vetoes.ts';
import { seeded } from '../../support/figures.ts';
import { matrixOf, poolOf } from './pools.ts';
import { usual } from '../../support/selection-settings.ts';

const settings = {
  ...usual,
  short_direction: true,
  efficiency_min: 0.15,
  entropy_acceptance: [0.9, 0.95] as const satisfies [number, number],
};

function columnsOf(seed: number): Record<string, number[]> {
  const random = seeded(seed);
  const market = Array.from({ length: 60 }, () => 0.02 * (random() - 0.5));
  return Object.fromEntries(
    Array.from({ length: 11 }, (_, k) => [
      `NYSE:S${String.fromCharCode(65 + k)}`,
      market.map((value) => (k % 3 === 0 ? 0.1 : 1) * value + 0.0006 * (k - 4) + 0.008 * (random() - 0.5)),
    ]),
  );
}

const poolFor = (seed: number) =>
  poolOf(matrixOf(columnsOf(seed)), { 'NYSE:SB': { adx: 30, averageDailyValue: 4e8 }, 'NYSE:SE': { isBenchmark: true } });
const found = select(poolFor(5), settings);
const accounts = found.symbols.map((symbol) => accountOf(found, settings, symbol)!);
const of = (symbol: string): Account => accounts.find((account) => account.symbol === symbol)!;

describe('the account of a symbol', () => {
  test('has factors that multiply out to the score, to the last bit', () => {
    for (const { factors, multiplier, score } of accounts)
      expect(factors.reduce((product, { factor }) => product * factor, 1) * multiplier).toBe(score);
  });

  test('asks every veto in its order, and agrees with the judgement', () => {
    for (const [at, { vetoes }] of accounts.entries()) {
      expect(vetoes.map(({ code }) => code)).toEqual(vetoCodes);
      const { vetoes: met, notEvaluated } = found.judgements[at]!;
      expect(vetoes.flatMap(({ outcome, ...veto }) => (outcome === 'met' ? [veto] : []))).toEqual(met);
      expect(vetoes.flatMap(({ outcome, code }) => (outcome === 'not evaluated' ? [code] : []))).toEqual(notEvaluated);
    }
    expect(accounts.some(({ vetoes }) => vetoes.some(({ code, outcome }) => code === 'efficiency' && outcome === 'met'))).toBe(true);
  });

  test('tells the value and the threshold also of a veto that was passed', () => {
    const passed = accounts.find(({ vetoes }) => vetoes.find(({ code }) => code === 'efficiency')!.outcome === 'passed')!;
    const { values, thresholds } = passed.vetoes.find(({ code }) => code === 'efficiency')!;
    expect(values).toEqual([found.features.efficiency[found.symbols.indexOf(passed.symbol)]]);
    expect(thresholds).toEqual([0.15]);
  });

  test('never calls a veto passed that no data of so many rows can meet', () => {
    // Sixty rows have an entropy of at most .841, and the threshold is .95.
    for (const { symbol, vetoes } of accounts)
      if (symbol !== 'NYSE:SE') expect(vetoes.find(({ code }) => code === 'entropy')!.outcome).toBe('cannot act');
    const within = accountOf(found, { ...settings, entropy_max: 0.8 }, 'NYSE:SA')!;
    expect(within.vetoes.find(({ code }) => code === 'entropy')!.outcome).toBe('passed');
  });

  test('asks nothing of a benchmark', () => {
    expect(new Set(of('NYSE:SE').vetoes.map(({ outcome }) => outcome))).toEqual(new Set(['not asked']));
    expect(of('NYSE:SE').standing).toEqual({ kind: 'benchmark' });
  });

  test('ranks each feature among the symbols that have it', () => {
    for (const feature of ['momentum', 'vol', 'hurst_raw'] as const) {
      const ranks = accounts.map(({ features }) => features.find((one) => one.feature === feature)!);
      expect(ranks.map(({ rank }) => rank!).toSorted((a, b) => a - b)).toEqual(ranks.map((_, at) => at + 1));
      const largest = ranks.find(({ rank }) => rank === 1)!;
      expect(largest.value).toBe(Math.max(...ranks.map(({ value }) => value!)));
    }
  });

  test('names who was better, and every other member of the cluster, best first', () => {
    for (const { cluster, opponents, symbol, standing } of accounts) {
      const members = found.clusters.members[Number(cluster.slice(1)) - 1]!.map((at) => found.symbols[at]!);
      expect([...opponents.map((one) => one.symbol), symbol].toSorted()).toEqual(members.toSorted());
      expect(opponents.map(({ score }) => score)).toEqual(opponents.map(({ score }) => score).toSorted((a, b) => b - a));
      if (standing.kind === 'outscored') for (const by of standing.by) expect(of(by).standing.kind).toBe('won');
    }
  });

  test('says what the gate read, which components are missing, and where the entropy lies', () => {
    const account = of('NYSE:SC');
    expect(account.gate).toEqual({ value: found.gateReturns[2], least: settings.min_momentum_score, passes: found.gates[2] });
    expect(account.absent).toEqual(['liquidity', 'adx']);
    expect(of('NYSE:SB').absent).toEqual([]);
    // Sixty rows have an entropy of at most .841.
    expect(account.entropyBand).toBe('below');
    expect(account.reach.map(({ setting }) => setting)).toContain('risk.cluster_lookbacks');
  });

  test('is null for a symbol that was not in the pool', () => {
    expect(accountOf(found, settings, 'NYSE:ZZ')).toBeNull();
  });
});

describe('two selections', () => {
  const later = select(poolFor(11), settings);

  test('that are the same have nothing to tell', () => {
    const same = compareSelections(found, found);
    expect(same).toMatchObject({ jaccard: 1, came: [], left: [], turned: [] });
    expect(same.kept).toEqual(found.winners.map((at) => found.symbols[at]));
  });

  const change = compareSelections(found, later);

  test('differ by who came and who left; the other way round they change places', () => {
    const back = compareSelections(later, found);
    expect(change.came.length + change.left.length).toBeGreaterThan(0);
    expect(back.jaccard).toBe(change.jaccard);
    expect(back.came.map(({ symbol }) => symbol).toSorted()).toEqual(change.left.map(({ symbol }) => symbol).toSorted());
    for (const { before, after } of change.came) {
      expect(after!.standing.kind).toBe('won');
      expect(before!.standing.kind).not.toBe('won');
    }
  });

  test('move a symbol by factors whose logarithms sum to the change of its score', () => {
    for (const { factors, logScoreChange, before, after } of [...change.came, ...change.left, ...change.turned]) {
      expect(logScoreChange).toBe(Math.log(after!.score) - Math.log(before!.score));
      expect(factors.reduce((sum, { logChange }) => sum + logChange, 0)).toBeCloseTo(logScoreChange!, 12);
      const sizes = factors.map(({ logChange }) => Math.abs(logChange));
      expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    }
  });

  test('say of a symbol that only one of them has that it was not in the pool', () => {
    const { ['NYSE:SK']: _gone, ...fewer } = columnsOf(5);
    const without = select(poolOf(matrixOf(fewer)), settings);
    const { left } = compareSelections({ ...found, winners: [found.symbols.indexOf('NYSE:SK')] }, without);
    expect(left).toMatchObject([{ symbol: 'NYSE:SK', after: null, factors: [], logScoreChange: null }]);
  });
});
