import { refusalError, shownCap } from '../../domain/combine/refusal.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import type { RecordedCombination } from '../../handlers/commands/combine.ts';
import { type Block, heading, lines, type Outcome, table } from './verb.ts';

/** A weight of a book that may be levered: a fraction with four decimals. */
const fraction = (value: number): string => value.toFixed(4);

interface AssetRow {
  readonly asset: string;
  /** By sleeve. */
  readonly contributions: Readonly<Record<string, number>>;
  readonly total: number;
  readonly projection: number | null;
  readonly weight: number | null;
}

function rowsOf({ table: { assets, sleeves, contributions, total, projection, weights } }: RecordedCombination): AssetRow[] {
  return assets.map((asset, row) => ({
    asset,
    contributions: Object.fromEntries(sleeves.map((sleeve, column) => [sleeve, contributions[row]![column]!])),
    total: total[row]!,
    projection: projection?.[row] ?? null,
    weight: weights?.[row] ?? null,
  }));
}

/** Sleeves that a person is shown side by side; `--json` has all. */
const sleevesShownMax = 6;

function assetTable(rows: readonly AssetRow[], sleeves: readonly string[]): Block {
  const shown = sleeves.length <= sleevesShownMax ? sleeves : [];
  const largest = rows.toSorted(
    (left, right) => Math.abs(right.weight ?? right.total) - Math.abs(left.weight ?? left.total) || byCodeUnits(left.asset, right.asset),
  );
  const isCombined = rows.some(({ weight }) => weight !== null);
  return table(
    ['asset', ...shown, 'total', ...(isCombined ? ['projection', 'weight'] : [])],
    largest.map(({ asset, contributions, total, projection, weight }) => [
      asset,
      ...shown.map((sleeve) => fraction(contributions[sleeve]!)),
      fraction(total),
      ...(projection === null || weight === null ? [] : [fraction(projection), fraction(weight)]),
    ]),
  );
}

function budgetLine({ budgets, scale }: RecordedCombination['fact']['data']): string[] {
  const { rule, sleeves, extra, withoutVariance } = budgets;
  const words = sleeves.map(({ sleeve, budget }) => `${sleeve} ${fraction(budget)}`);
  return [
    `Risk budgets (${rule}): ${words.join(', ')}.`,
    ...(extra.length === 0
      ? []
      : [`Unspent, without positions: ${extra.map(({ sleeve, budget }) => `${sleeve} ${fraction(budget)}`).join(', ')}.`]),
    ...(withoutVariance.length === 0 ? [] : [`Without variance, and so without budget: ${withoutVariance.join(', ')}.`]),
    ...(scale === 1 ? [] : [`The total is scaled by ${fraction(scale)} for correlation.`]),
  ];
}

function exposureTable(fact: RecordedCombination['fact']): Block {
  const { grossCap, netCap, turnoverCap } = fact.data.constraints;
  if (fact.type === 'CombinationRefused')
    return table(
      ['cap', 'is', 'enough would be'],
      fact.data.repairs.map(({ cap, current, smallest }) => [
        cap === 'bounds' ? 'bounds, wider by' : cap,
        shownCap(current),
        smallest === null ? 'no value' : shownCap(smallest),
      ]),
    );
  const { gross, net, turnoverTwoSided, certificate } = fact.data;
  const multiplier = (cap: 'gross' | 'net' | 'turnover'): string => (certificate === null ? '' : fraction(certificate.multipliers[cap]));
  return table(
    ['exposure', 'is', 'cap', 'multiplier'],
    [
      ['gross', fraction(gross), fraction(grossCap), multiplier('gross')],
      ['net', fraction(net), fraction(netCap), multiplier('net')],
      ...(turnoverTwoSided === null
        ? []
        : [
            [
              'turnover, two-sided',
              fraction(turnoverTwoSided),
              turnoverCap === null ? 'none' : fraction(turnoverCap),
              multiplier('turnover'),
            ],
          ]),
    ],
  );
}

function proofLine(fact: RecordedCombination['fact']): string[] {
  if (fact.type === 'CombinationRefused') return [];
  const { certificate, rounds, feasibility } = fact.data;
  if (!feasibility.projectionApplied) return ['The combined total keeps every cap: nothing was moved.'];
  if (certificate === null) return [`Brought inside the caps by the sequential loop in ${rounds} rounds: feasible, not nearest.`];
  const { distance, gap, maxViolation } = certificate;
  return [`Nearest weights inside the caps: distance ${fraction(distance)}, duality gap ${gap}, largest violation ${maxViolation}.`];
}

/** What the verb answers. A refusal is an answer with an error beside it. */
export function combinationOutcome(recorded: RecordedCombination): Outcome {
  const { combinationId, already, fact, table: numbers } = recorded;
  const { combinationId: _, inputs, table: artifact, ...facts } = fact.data;
  const rows = rowsOf(recorded);
  const { asOf, constraints, name } = fact.data;
  const bounds = `Bounds ${constraints.lower} to ${constraints.upper}.`;
  return {
    result: {
      combinationId,
      already,
      outcome: fact.type === 'PositionsCombined' ? 'combined' : 'refused',
      ...facts,
      assetCount: rows.length,
      sleeves: numbers.sleeves,
      assets: rows,
      inputs: inputs.sha256,
      table: artifact.sha256,
    },
    people: [
      heading(`${name}${asOf === null ? '' : `, as of ${asOf}`}: combination ${combinationId}${already ? ' (recorded before)' : ''}`),
      assetTable(rows, numbers.sleeves),
      lines('', ...budgetLine(fact.data), bounds, ''),
      exposureTable(fact),
      lines(...proofLine(fact)),
    ],
    warnings:
      fact.data.constraints.turnoverCap !== null && fact.type === 'PositionsCombined' && fact.data.turnoverTwoSided === null
        ? ['the turnover cap is not in force: no previous weights are given']
        : [],
    failure: fact.type === 'CombinationRefused' ? refusalError(fact.data) : null,
  };
}
