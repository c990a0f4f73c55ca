/** The tear sheets of a recorded meta run: its bounded weights on the joined rows, by plain sums over the recorded tables. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { dataOf } from '../../../domain/shared/facts.ts';
import type { TearSheet } from '../../../domain/tear-sheet/tear-sheet.ts';
import type { EventData } from '../../../domain/catalogue.ts';
import type { DatedTable } from '../../../domain/returns/table-text.ts';
import { loadTable } from '../../../handlers/artifacts/artifact-files.ts';
import { runEvents } from '../../../handlers/runs/load-sleeve-run.ts';
import { runTearSheets } from '../../../handlers/tear-sheets/run-tear-sheets.ts';
import { allocate, fileOf, type Ledger, manifestOf, memoryLedger, produce } from '../replay/world.ts';

const ledger: Ledger = memoryLedger();
const { ports } = ledger.session;
const manifest = manifestOf();
let sheets: readonly { readonly risk: string; readonly sheet: TearSheet }[] = [];
let guarded: readonly EventData<'GuardrailsApplied'>[] = [];
let joined: DatedTable = { dates: [], columns: [], values: [] };

beforeAll(async () => {
  for (const sleeve of ['stocks', 'funds'] as const) await produce(ledger, manifest, sleeve, [fileOf(sleeve)]);
  const { runId } = await allocate(ledger, manifest, 'listed', { risks: ['hrp', 'min_variance'] });
  const events = await runEvents(ports, 'metaRun', runId);
  guarded = dataOf(events, 'GuardrailsApplied');
  joined = await loadTable(ports.artifacts, dataOf(events, 'SleeveReturnsJoined').find(({ risk }) => risk === 'hrp')!.matrix);
  sheets = await runTearSheets(ports, { runId, kind: 'meta' });
}, 60_000);

const sheetOf = (risk: string): TearSheet => sheets.find((one) => one.risk === risk)!.sheet;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const centred = (values: readonly number[]): number[] => values.map((value) => value - sum(values) / values.length);
const product = (left: readonly number[], right: readonly number[]): number => {
  const other = centred(right);
  return sum(centred(left).map((value, row) => value * other[row]!));
};

describe('the tear sheets of a meta run', () => {
  test('are one for each profile that it allocated, in the order of all profiles, and say what they are of', () => {
    const basis = 'in-sample: the bounded weights held on every joined row, without costs of the portfolio';
    expect(sheets.map(({ risk, sheet }) => [risk, sheet.name, sheet.basis])).toEqual([
      ['min_variance', 'listed min_variance', basis],
      ['hrp', 'listed hrp', basis],
    ]);
  });

  test('hold the bounded weights on every joined row', () => {
    const { weights } = guarded.find(({ risk }) => risk === 'hrp')!;
    const { dates, returns, performance } = sheetOf('hrp').portfolio;
    expect(dates).toEqual(joined.dates);
    joined.dates.forEach((_, row) => {
      const held = sum(joined.columns.map((id, column) => weights[id]! * joined.values[column]![row]!));
      expect(Math.abs(returns[row]! - held)).toBeLessThan(1e-15);
    });
    // The session of New York before the first joined row, which no row stands for.
    expect(performance.opened < joined.dates[0]!).toBe(true);
    expect(new Date(performance.opened).getUTCDay() % 6).not.toBe(0);
    expect(Date.parse(joined.dates[0]!) - Date.parse(performance.opened)).toBeLessThanOrEqual(4 * 86_400_000);
  });

  test('have the sleeves as parts, with their returns, and their correlation by plain sums', () => {
    const { parts, correlations } = sheetOf('hrp');
    expect(parts!.map(({ id, dates, returns }) => [id, dates, [...returns]])).toEqual(
      joined.columns.map((id, column) => [id, joined.dates, [...joined.values[column]!]]),
    );
    const [left, right] = joined.values.map((column) => [...column]);
    expect(correlations).toMatchObject({ ids: joined.columns, basis: 'sample, joined rows' });
    expect(correlations!.values[1]).toBeCloseTo(product(left!, right!) / Math.sqrt(product(left!, left!) * product(right!, right!)), 12);
  });

  test('divide the realised risk between the sleeves by their covariance with the whole, and the risk ex ante down to the assets', () => {
    const { weights } = guarded.find(({ risk }) => risk === 'hrp')!;
    const { contributions, portfolio } = sheetOf('hrp');
    expect(contributions!.map(({ kind, of }) => `${kind} ${of}`)).toEqual(['optimiser sleeves', 'optimiser assets', 'realised sleeves']);
    const whole = [...portfolio.returns];
    const realised = contributions![2]!;
    expect(realised.ids).toEqual(joined.columns);
    expect(realised.rows.map(({ date }) => date)).toEqual([joined.dates.at(-1)]);
    joined.columns.forEach((id, column) => {
      const earned = [...joined.values[column]!].map((value) => value * weights[id]!);
      expect(realised.rows[0]!.shares[column]).toBeCloseTo(product(earned, whole) / product(whole, whole), 10);
    });
    const [sleeves, assets] = contributions!;
    for (const { rows } of [sleeves!, assets!]) expect(sum(rows[0]!.shares)).toBeCloseTo(1, 10);
    expect(assets!.ids).toEqual(expect.arrayContaining(['funds / AMEX:EEE', 'stocks / NYSE:AAA']));
    joined.columns.forEach((id, column) => {
      const own = sum(assets!.rows[0]!.shares.filter((_, at) => assets!.ids[at]!.startsWith(`${id} / `)));
      expect(own).toBeCloseTo(sleeves!.rows[0]!.shares[column]!, 10);
    });
  });

  test('have a tree where the profile was solved by one', () => {
    expect(sheetOf('hrp').tree!.leaves.toSorted()).toEqual(joined.columns.toSorted());
    expect(sheetOf('min_variance').tree).toBeNull();
  });
});
