/**
 * Prices that pass every check of form and cost money: an unadjusted split (-75 % in a day) was certified without a word, and so was a
 * price that was wrong for one day.
 */
import { describe, expect, test } from '@jest/globals';
import { allocateSleeve, type SleeveAllocation } from '../../../../domain/allocation/sleeve/allocation.ts';
import type { PriceFile } from '../../../../domain/returns/price-file.ts';
import { input, prices, stocks } from './stocks.ts';

const day = '2022-10-14';

function withPrices(change: (price: number, date: string) => number, symbol = 'NYSE:AAA'): PriceFile {
  const file = prices();
  const { symbols, dates, closes } = file.table;
  const column = symbols.indexOf(symbol);
  const changed = closes.map((series, index) => (index === column ? series.map((price, row) => change(price, dates[row]!)) : series));
  return { ...file, table: { ...file.table, closes: changed } };
}

const split = withPrices((price, date) => (date >= day ? price / 4 : price));
const spike = withPrices((price, date) => (date === day ? price * 3 : price));
const crash = withPrices((price, date) => (date >= day ? price * 0.6 : price));
const benchmarkSplit = withPrices((price, date) => (date >= day ? price / 4 : price), 'AMEX:SPY');

const accepting = (lines: object[]) => stocks(({ defaults }) => (defaults['data']!['accept_moves'] = lines));
const codes = ({ verdict }: SleeveAllocation): string[] => verdict.findings.map(({ code, symbol, date }) => `${code} ${symbol} ${date}`);

describe('a sleeve with an unusual move', () => {
  test.each([
    [
      'an unadjusted split',
      split,
      'split_suspected',
      'NYSE:AAA',
      /unusual_moves: split_suspected: NYSE:AAA moves from .* to .*, -7\d\.\d+ %/,
    ],
    ['a price that is wrong for a day', spike, 'spike_suspected', 'NYSE:AAA', /spike_suspected: .* a wrong price\?/],
    ['a split of its benchmark', benchmarkSplit, 'split_suspected', 'AMEX:SPY', /split_suspected: AMEX:SPY moves/],
  ])('is degraded for %s, with the reason and the remedy', (_what, file, code, symbol, reason) => {
    const allocation = allocateSleeve(input([file]));
    expect(codes(allocation)).toEqual([`${code} ${symbol} ${day}`]);
    expect(allocation.grading.grade).toBe('DEGRADED');
    expect(allocation.grading.finding.reasons).toEqual([expect.stringMatching(reason)]);
    expect(allocation.grading.finding.reasons[0]).toContain('accept it: data.accept_moves');
  });

  test('is certified under the rules that did not look, as it was recorded', () => {
    const { verdict, grading } = allocateSleeve({ ...input([split]), rules: 1 });
    expect([grading.grade, verdict.warnings, verdict.policy.version, verdict.checks.length]).toEqual(['CERTIFIED', 0, 1, 8]);
    expect(grading.finding.evidence.map(({ check }) => check)).not.toContain('unusual_moves');
  });

  test('shows an extreme move and is certified', () => {
    const allocation = allocateSleeve(input([crash]));
    expect(codes(allocation)).toEqual([`extreme_move NYSE:AAA ${day}`]);
    expect(allocation.grading.grade).toBe('CERTIFIED');
  });

  test('is certified once its settings accept the move, and says who accepted what', () => {
    const why = 'spun off its mines';
    const allocation = allocateSleeve(input([split], {}, accepting([{ symbol: 'NYSE:AAA', date: day, why }])));
    expect(allocation.grading.grade).toBe('CERTIFIED');
    expect(allocation.accepted).toMatchObject([{ code: 'split_suspected', symbol: 'NYSE:AAA', date: day, why }]);
    expect(allocation.accepted[0]!.value).toBeCloseTo(0.25, 2);
    expect(allocation.grading.finding.evidence).toContainEqual({
      check: 'unusual_moves',
      status: 'passed',
      detail: `split_suspected NYSE:AAA ${day} accepted: ${why}`,
    });
  });

  test('warns of a line that speaks of nothing, with what there is', () => {
    const allocation = allocateSleeve(input([split], {}, accepting([{ symbol: 'NYSE:AAA', date: '2022-10-13', why: 'a typing error' }])));
    expect(allocation.grading.grade).toBe('DEGRADED');
    expect(allocation.verdict.findings).toContainEqual(
      expect.objectContaining({
        level: 'warning',
        code: 'accepted_move_absent',
        message: `data.accept_moves names a move of NYSE:AAA on 2022-10-13, where nothing is found; what needs it is NYSE:AAA ${day}`,
      }),
    );
    const unneeded = allocateSleeve(input([prices()], {}, accepting([{ symbol: 'NYSE:AAA', date: day, why: 'nothing' }])));
    expect([unneeded.grading.grade, codes(unneeded)]).toEqual(['CERTIFIED', [`accepted_move_absent NYSE:AAA ${day}`]]);
  });
});
