import { describe, expect, test } from '@jest/globals';
import {
  allocateSleeve,
  gradedProfile,
  prepareSleeve,
  type ProfileOutcome,
  withoutBenchmark,
} from '../../../../domain/allocation/sleeve/allocation.ts';
import type { PriceFile } from '../../../../domain/returns/price-file.ts';
import { LedgerError } from '../../../../domain/shared/errors.ts';
import type { LooseManifest } from '../../../support/small-market.ts';
import { input, prices, stocks, symbols } from './stocks.ts';

function changed(file: PriceFile, change: (price: number, symbol: string, date: string) => number): PriceFile {
  const { dates, closes } = file.table;
  return {
    ...file,
    table: {
      ...file.table,
      closes: closes.map((column, index) => column.map((price, row) => change(price, file.table.symbols[index]!, dates[row]!))),
    },
  };
}

function setPlain(manifest: LooseManifest, order: readonly string[]): void {
  const profile = manifest.profiles['stocks']!;
  profile['risk'] = { ...(profile['risk'] as object), hrp: { leaf_order: 'plain' } };
  profile['data'] = { ...(profile['data'] as object), symbols: [...order] };
}

const statuses = (outcomes: readonly ProfileOutcome[] | undefined): string[] =>
  (outcomes ?? []).map(({ risk, status }) => `${risk} ${status}`);

describe('the allocation of a sleeve', () => {
  test('solves every risk profile that the settings list, in the order of the profiles, and certifies them', () => {
    const begun: string[] = [];
    const { formed, grading, repaired } = allocateSleeve(input(), (risk) => begun.push(risk));
    expect(statuses(formed?.profiles)).toEqual(['hrp solved', 'equal_weight solved', 'market solved']);
    expect(begun).toEqual(['hrp', 'equal_weight', 'market']);
    expect([grading.grade, grading.finding.reasons, repaired]).toEqual(['CERTIFIED', [], []]);
  });

  test('solves market on the benchmark and the others on the universe', () => {
    const columns = allocateSleeve(input()).formed!.profiles.map((outcome) => (outcome.status === 'solved' ? outcome.columns : []));
    expect(columns).toEqual([symbols.slice(0, 3).toSorted(), symbols.slice(0, 3).toSorted(), ['AMEX:SPY']]);
  });

  const six = ['NYSE:AAA', 'NYSE:BBB', 'NYSE:CCC', 'NYSE:DDD', 'NYSE:EEE', 'NYSE:FFF'];

  test('takes the symbols in the order given where the leaf order is plain, and as sorted under rules 1', () => {
    const weightsOf = (order: readonly string[], rules: number): unknown => {
      const asked = input(
        [prices([...six, 'AMEX:SPY'])],
        {},
        stocks((manifest) => setPlain(manifest, order)),
      );
      const [hrp] = allocateSleeve({ ...asked, rules }).formed!.profiles;
      return hrp?.status === 'solved' ? hrp.live.weights : null;
    };
    const orders = [six, six.toReversed(), [...six.slice(3), ...six.slice(0, 3)]];
    expect(new Set(orders.map((order) => JSON.stringify(weightsOf(order, 1)))).size).toBe(1);
    expect(new Set(orders.map((order) => JSON.stringify(weightsOf(order, 2)))).size).toBeGreaterThan(1);
    expect(weightsOf(six, 2)).toEqual(weightsOf(six, 1));
  });

  test('names the missing benchmark where market cannot be had, which costs no certificate', () => {
    const { formed, grading } = allocateSleeve(input([prices(symbols.slice(0, 3))]));
    expect(formed!.profiles.at(-1)).toEqual({
      status: 'absent',
      risk: 'market',
      reason: 'no benchmark has a price on every grid date: AMEX:SPY (no price file has a column for it)',
    });
    expect(grading.grade).toBe('CERTIFIED');
  });

  test('ends with the audit where a price is impossible: no grid, no profile, ineligible', () => {
    const broken = changed(prices(), (price, symbol, date) => (symbol === 'NYSE:AAA' && date === '2022-11-30' ? -1 : price));
    const { verdict, formed, grading } = allocateSleeve(input([broken]));
    expect(verdict.errors).toBeGreaterThan(0);
    expect(formed).toBeNull();
    expect(grading.grade).toBe('INELIGIBLE');
    expect(grading.finding.reasons[0]).toMatch(
      /^integrity: the integrity audit found 2 errors: non_positive_price: the price of NYSE:AAA on/,
    );
  });

  test('keeps the failure of one profile as its outcome, and solves the others', () => {
    const still = changed(prices(), (price, symbol) => (symbol === 'AMEX:SPY' || Number.isNaN(price) ? price : 100));
    const { formed, grading } = allocateSleeve(input([still]));
    expect(statuses(formed?.profiles)).toEqual(['hrp failed', 'equal_weight solved', 'market solved']);
    const [hrp] = formed!.profiles;
    const error = hrp?.status === 'failed' ? hrp.error : null;
    expect([error?.code, error?.message]).toEqual(['SolverFailed', expect.stringMatching(/^window 0 \(training 2022-/)]);
    expect(grading.grade).toBe('INELIGIBLE');
  });

  test('sees nothing that happened after the session it speaks of', () => {
    const asOf = '2022-11-30';
    const later = allocateSleeve(input([prices(symbols, '2022-12-30')], { asOf }));
    expect(later).toEqual(allocateSleeve(input([prices(symbols, asOf)], { asOf })));
    expect(later.formed!.grid.asOf <= asOf).toBe(true);
  });

  test('comes to the same whichever file is named first', () => {
    const files = [prices(['NYSE:AAA', 'AMEX:SPY'], undefined, 'a.csv'), prices(['NYSE:BBB', 'NASDAQ:CCC'], undefined, 'b.csv')];
    const { formed, grading } = allocateSleeve(input(files));
    expect({ formed, grading }).toEqual(
      ((again) => ({ formed: again.formed, grading: again.grading }))(allocateSleeve(input(files.toReversed()))),
    );
  });

  test('drops prices off the calendar where a repair was asked for, lists them, and is refused by the audit where it was not', () => {
    const { table } = prices();
    const saturday: PriceFile = {
      ...prices(),
      table: {
        ...table,
        dates: [...table.dates, '2022-12-31'],
        closes: table.closes.map((closes) => Float64Array.of(...closes, closes.at(-1)!)),
      },
    };
    const repaired = allocateSleeve(input([saturday], { repair: 'drop-off-calendar' }));
    expect(repaired.repaired.map(({ symbol, date }) => `${symbol} ${date}`)).toEqual(
      symbols.toSorted().map((symbol) => `${symbol} 2022-12-31`),
    );
    expect(repaired.formed?.grid.grid.last).toBe('2022-12-30');
    expect(allocateSleeve(input([saturday])).formed).toBeNull();
  });

  test('counts the flags of all solves once, and says which fallbacks they took', () => {
    const resolved = stocks(({ defaults }) => {
      defaults['backtest']!['profiles'] = 'max_sharpe,hrp';
    });
    const falling = changed(
      prices(),
      (price, _symbol, date) => price * Math.exp(-(Date.parse(date) - Date.parse('2022-04-01')) / 86_400_000 / 100),
    );
    const profiles = allocateSleeve(input([falling], {}, resolved)).formed!.profiles;
    const sharpe = profiles.find(({ risk }) => risk === 'max_sharpe')!;
    expect(sharpe).toMatchObject({ status: 'solved', flags: expect.arrayContaining([expect.stringMatching(/^fallback_/)]) });
    expect(new Set(sharpe.status === 'solved' ? sharpe.flags : []).size).toBe(sharpe.status === 'solved' ? sharpe.flags.length : -1);
  });
});

describe('what a profile counts for in the grade', () => {
  const [hrp, , market] = allocateSleeve(input()).formed!.profiles;
  if (hrp?.status !== 'solved') throw new Error('hrp was not solved');
  const { columns, walked, live } = hrp;
  const rows = walked.oos.dates.length;
  const [first, second] = walked.windows;

  test('is its rows and its problems, and no weight below zero', () => {
    expect(gradedProfile(hrp)).toEqual({ risk: 'hrp', status: 'native', hasWeights: true, rows, problems: [], turned: [] });
    expect(gradedProfile({ ...hrp, problems: ['hardened'] })).toMatchObject({ problems: ['hardened'] });
    expect(gradedProfile(market!)).toMatchObject({ risk: 'market', status: 'native' });
  });

  test('is the lowest weight of each column that any solve held below zero', () => {
    const windows = [
      { ...first!, weights: [-0.1, 0.6, 0.5] },
      { ...second!, weights: [-0.3, 1.3, 0] },
      { ...second!, weights: [-0.2, 0.6, 0.6] },
    ];
    const last = { ...live, weights: [{ symbol: columns[2]!, weight: -0.25 }] };
    expect(gradedProfile({ ...hrp, walked: { ...walked, windows }, live: last }).turned).toEqual([
      { symbol: columns[0], weight: -0.3 },
      { symbol: columns[2], weight: -0.25 },
    ]);
  });

  test('is that of a weight that is no number, too', () => {
    const last = { ...live, weights: [{ symbol: 'x', weight: Number.NaN }] };
    expect(gradedProfile({ ...hrp, live: last }).turned).toEqual([{ symbol: 'x', weight: Number.NaN }]);
  });

  test('is nothing of one that is absent or failed', () => {
    const error = new LedgerError('SolverFailed', 'no');
    expect(gradedProfile({ status: 'failed', risk: 'barbell', error })).toEqual({
      risk: 'barbell',
      status: 'failed',
      hasWeights: false,
      rows: 0,
    });
    expect(gradedProfile({ status: 'absent', risk: 'market', reason: 'none' })).toEqual({
      risk: 'market',
      status: 'absent',
      hasWeights: false,
      rows: 0,
    });
  });
});

describe('the grade of prices that failed their audit', () => {
  const broken = changed(prices(), (price, symbol, date) => (symbol === 'NYSE:AAA' && date === '2022-11-30' ? -1 : price));
  const graded = (rules: number) => allocateSleeve({ ...input([broken], {}, stocks(), rules) }).grading;

  test('is INELIGIBLE, with nothing else reached', () => {
    const { grade, finding } = graded(2);
    expect(grade).toBe('INELIGIBLE');
    expect(finding.evidence).toEqual([
      { check: 'integrity', status: 'failed', detail: expect.stringMatching(/^the integrity audit found 2 errors: non_positive_price: /) },
      { check: 'sign_test', status: 'unknown', detail: 'not reached' },
      { check: 'source_chain', status: 'not_applicable', detail: 'audit chain of the source run: not_applicable' },
    ]);
  });

  test('says under rules 1 no more than that they failed', () => {
    expect(graded(1).finding.evidence[0]).toEqual({ check: 'integrity', status: 'failed', detail: 'integrity audit failed' });
  });
});

describe('a sleeve before anything is solved', () => {
  test('has under rules 2 what was looked at and what ends its grid, and under rules 1 neither', () => {
    const [now, before] = [2, 1].map((rules) => prepareSleeve(input([prices()], {}, stocks(), rules)));
    expect(now!.further.map(({ check }) => check)).toEqual(['unusual_moves', 'units']);
    expect(now!.formed!.shortened).toEqual({ pricesLast: '2022-12-30', by: [] });
    expect([before!.further, before!.formed!.shortened]).toEqual([[], null]);
  });

  test('names every benchmark that is absent, with its reason', () => {
    const grid = prepareSleeve(input([prices(symbols.slice(0, 3))])).formed!.grid;
    const absent = [
      { symbol: 'A:B', reason: 'one' },
      { symbol: 'C:D', reason: 'two' },
    ];
    expect(withoutBenchmark({ ...grid, benchmarks: { present: [], absent } })).toBe(
      'no benchmark has a price on every grid date: A:B (one); C:D (two)',
    );
  });
});
