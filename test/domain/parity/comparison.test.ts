import { describe, expect, test } from '@jest/globals';
import { parityOf } from '../../../domain/parity/comparison.ts';
import { rulesInForce } from '../../../domain/run/rules.ts';
import { parityEvidence } from '../../support/parity-evidence.ts';
import { type SyntheticRun, nestedPortfolio, runsOf } from '../../support/delivered-runs.ts';

const asOf = '2024-06-17';
const waiver = { waiverId: 'w1', who: 'ann', why: 'known', paths: ['backtest.train_window'], until: asOf };
function compare(runs: Readonly<Record<string, SyntheticRun>>, change: Partial<Parameters<typeof parityOf>[0]> = {}) {
  const node = nestedPortfolio();
  return parityOf({ node, leaves: runsOf(node, runs), waivers: [], asOf, rules: rulesInForce, ...change });
}
const mandated = (runs: Readonly<Record<string, SyntheticRun>>): string =>
  compare(runs).verdict.mandated.find(({ path }) => path === 'selection_mode')!.status;
const otherWindow = { coins: { parityLeaves: { ...parityEvidence, 'backtest.train_window': 90 } } };

describe('parity of a portfolio', () => {
  test('compares the sleeves at every depth, by their paths', () => {
    expect(compare({}).verdict.sleeves.map(({ id }) => id)).toEqual(['listed/coins', 'listed/funds', 'stocks']);
    expect(compare({}).outcome.outcome).toBe('accepted');
  });

  test('calls a sleeve of calendars that never close crypto, and any other tradfi', () => {
    const { verdict } = compare({ coins: { calendars: ['XCRY'] }, funds: { calendars: ['XCRY', 'XNYS'] }, stocks: { calendars: [] } });
    expect(verdict.sleeves).toEqual([
      { id: 'listed/coins', calendarClass: 'crypto' },
      { id: 'listed/funds', calendarClass: 'tradfi' },
      { id: 'stocks', calendarClass: 'tradfi' },
    ]);
  });

  test('rejects a difference, and accepts it under a waiver until the day that it names', () => {
    expect(compare(otherWindow).outcome).toMatchObject({ outcome: 'rejected', uncovered: ['backtest.train_window'] });
    expect(compare(otherWindow, { waivers: [waiver] }).outcome).toMatchObject({ outcome: 'waived', used: [{ waiverId: 'w1' }] });
    expect(compare(otherWindow, { waivers: [waiver], asOf: '2024-06-18' }).outcome).toMatchObject({
      outcome: 'rejected',
      expired: [{ waiverId: 'w1' }],
    });
  });

  test('leaves out what only reading added to every sleeve', () => {
    const parityLeaves = { ...parityEvidence, 'features.new_setting': 1 };
    const added: SyntheticRun = { parityLeaves, unstated: ['features.new_setting'] };
    expect(compare({ coins: added, funds: added, stocks: added }).verdict.leaves.map(({ path }) => path)).not.toContain(
      'features.new_setting',
    );
    expect(compare({ coins: added, funds: added, stocks: { parityLeaves } }).verdict.leaves.map(({ path }) => path)).toContain(
      'features.new_setting',
    );
  });

  test('holds the selection mode in force against the mandate', () => {
    const mode = { selectionMode: 'v4' };
    expect(mandated({ coins: mode, funds: mode, stocks: mode })).toBe('met');
    expect(mandated({ coins: mode, funds: mode })).toBe('deviates');
  });
});
