import { describe, expect, test } from '@jest/globals';
import {
  allocateSleeve,
  gradedProfile,
  gradeSleeve,
  prepareSleeve,
  type SleeveAllocationInput,
} from '../../../../domain/allocation/sleeve/allocation.ts';
import { shortClippedFlag, type SolvedProfile } from '../../../../domain/allocation/sleeve/profile.ts';
import { input, prices } from './stocks.ts';
import { selecting, selectingInput, twelve } from '../../sleeve-selection/sleeves.ts';

const shorting = { feat_short_direction: true };
const directional = (features: object = {}): SleeveAllocationInput => selectingInput({ features: { ...shorting, ...features } });
const signTestIn = ({ grading }: ReturnType<typeof allocateSleeve>) => grading.finding.evidence.find(({ check }) => check === 'sign_test')!;

/** A ticker with an underscore: the symbol of its atoms ends before it, and no column is called so. */
const underscored = [...twelve.slice(0, 11), 'NYSE:SM_B'];
const failing = (features: object): SleeveAllocationInput =>
  input([prices([...underscored, 'AMEX:SPY'])], {}, selecting({ features: { ...shorting, ...features } }));

/** Prices of twelve stocks of which every one doubles and more on one day. */
function doubling(date: string): SleeveAllocationInput {
  const file = prices([...twelve, 'AMEX:SPY']);
  const { dates, closes } = file.table;
  const jumped = closes.map((column) => column.map((price, row) => (dates[row]! >= date ? price * 2.5 : price)));
  return input([{ ...file, table: { ...file.table, closes: jumped } }], {}, selecting({ features: shorting }));
}

const below = (weights: readonly number[]): number[] => weights.map((weight, column) => (column === 1 ? -0.25 : weight));

describe('a sleeve that may be short', () => {
  const allocation = allocateSleeve(directional());
  const solved = allocation.formed!.profiles.map((outcome) => {
    if (outcome.status !== 'solved') throw new Error(`${outcome.risk} is ${outcome.status}`);
    return outcome;
  });

  test('holds each winner by the atom of its direction, at weights from zero up that sum to one', () => {
    const { decisions } = allocation.formed!.selection!;
    let shorts = 0;
    for (const { risk, walked, columns, live } of solved) {
      if (risk === 'market') continue;
      for (const { index, weights } of walked.windows) {
        const { record } = decisions[index]!;
        const winners = new Set(record.winners.map((at) => `${record.symbols[at]}_trend_following_${record.directions[at]}`));
        const held = columns.filter((_, column) => weights[column] !== 0);
        expect(held.filter((atom) => !winners.has(atom))).toEqual([]);
        expect(weights.every((weight) => weight >= 0)).toBe(true);
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
        shorts += held.filter((atom) => atom.endsWith('_SHORT')).length;
      }
      expect(live.weights.every(({ symbol, weight }) => /_(LONG|SHORT)$/.test(symbol) && weight >= 0)).toBe(true);
    }
    expect(shorts).toBeGreaterThan(0);
    expect(solved.find(({ risk }) => risk === 'market')!.columns).toEqual(['AMEX:SPY']);
  });

  test('has no clipped short in calm prices', () => {
    expect(solved.flatMap(({ flags }) => flags)).not.toContain(shortClippedFlag);
  });

  test('is certified by a sign test of both atoms of every symbol, over every row', () => {
    const rows = allocation.formed!.grid.returns.dates.length;
    const symbols = allocation.formed!.grid.returns.columns.length;
    expect(signTestIn(allocation)).toEqual({
      check: 'sign_test',
      status: 'passed',
      detail: `${2 * symbols} atoms, ${2 * symbols * rows} returns checked`,
    });
    expect(allocation.grading.grade).toBe('CERTIFIED');
  });

  const failed = allocateSleeve(failing({}));

  test('has no sign test where it cannot be short', () => {
    expect(signTestIn(allocateSleeve(selectingInput({ features: { feat_directional_sign_test_gate: true } })))).toMatchObject({
      status: 'not_applicable',
    });
  });

  test('has no sign test behind a selection that failed', () => {
    const aborted = allocateSleeve(selectingInput({ features: shorting, selection: { min_winners: 13 } }));
    expect(signTestIn(aborted)).toMatchObject({ status: 'unknown', detail: 'not reached' });
  });

  test('is not eligible with streams of which one is of no symbol', () => {
    expect(failed.formed!.profiles.length).toBeGreaterThan(0);
    expect(failed.grading.grade).toBe('INELIGIBLE');
    expect(signTestIn(failed)).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('SIGNTEST_MISSING_PHYSICAL_COL NYSE:SM_B_trend_following_SHORT'),
    });
  });

  test('solves nothing on them behind the gate, and everything on streams that pass it', () => {
    const gate = { feat_directional_sign_test_gate: true };
    const stopped = allocateSleeve(failing(gate));
    expect(stopped.formed!.profiles).toEqual([]);
    expect(stopped.grading.grade).toBe('INELIGIBLE');
    expect(signTestIn(stopped)).toEqual(signTestIn(failed));
    expect(allocateSleeve(directional(gate)).formed!.profiles).toEqual(allocation.formed!.profiles);
  });

  test('is not eligible where a solve held an atom at a weight below zero', () => {
    const prepared = prepareSleeve(directional());
    const [hrp] = solved;
    const { walked, columns, live } = hrp!;
    const inWindow = {
      ...hrp!,
      walked: { ...walked, windows: walked.windows.map((window) => ({ ...window, weights: below(window.weights) })) },
    };
    const inLive = { ...hrp!, live: { ...live, weights: live.weights.map(({ symbol }) => ({ symbol, weight: -0.25 })) } };
    for (const [outcome, atom] of [
      [inWindow, columns[1]!],
      [inLive, live.weights[0]!.symbol],
    ] as const) {
      const { grade, finding } = gradeSleeve(prepared, allocation.formed!.selection, [gradedProfile(outcome)]);
      expect(grade).toBe('INELIGIBLE');
      expect(finding.reasons).toEqual([expect.stringContaining(`SIGNTEST_OPTIMIZER_NOT_NORMALIZED ${atom}`)]);
    }
  });
});

describe('a short over a day on which its symbol more than doubles', () => {
  const date = '2022-11-16';
  const { formed, grading } = allocateSleeve(doubling(date));
  const [hrp, equal] = formed!.profiles;

  test('loses all of itself and no more: a warning with its date, and the run goes on', () => {
    const detail = grading.finding.evidence.find(({ check }) => check === 'sign_test')!.detail;
    expect(detail).toMatch(new RegExp(`short_clipped: NYSE:SA_trend_following_SHORT on ${date}, .* and 7 more$`));
    expect([hrp!.status, equal!.status]).toEqual(['solved', 'solved']);
    expect((equal as SolvedProfile).flags).toContain(shortClippedFlag);
  });

  test('earns what holding each position to the end of its window earns: a short -min(r, 1) of its symbol a day', () => {
    const { walked, columns } = equal as SolvedProfile;
    const { dates, columns: symbols, values } = formed!.grid.returns;
    const window = walked.windows.find(({ testFirst, testLast }) => testFirst <= date && date <= testLast)!;
    const wealth = columns.map((atom, at) => {
      const [symbol, direction] = atom.split('_trend_following_');
      const column = symbols.indexOf(symbol!);
      const days = dates.flatMap((day, row) =>
        day >= window.testFirst && day <= window.testLast ? [values[row * symbols.length + column]!] : [],
      );
      return days.reduce((grown, r) => grown * (1 + (direction === 'SHORT' ? -Math.min(r, 1) : r)), window.weights[at]!);
    });
    expect(wealth.filter((grown, at) => grown === 0 && window.weights[at]! > 0).length).toBeGreaterThan(0);
    expect(Math.abs(wealth.reduce((sum, grown) => sum + grown, 0) - 1 - window.grossReturn)).toBeLessThanOrEqual(1e-12);
  });
});
