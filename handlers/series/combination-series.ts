import { refusalError } from '../../domain/combine/refusal.ts';
import type { CombinationTable } from '../../domain/combine/table-schema.ts';
import { type CombinationEvent, combinationSlice } from '../../domain/combination/slice.ts';
import { invariant, LedgerError } from '../../domain/shared/errors.ts';
import { belongsTo } from '../../domain/shared/slice.ts';
import type { DatedTable } from '../../domain/returns/table-text.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import type { Ports } from '../ports/ports.ts';
import { runEvents } from '../runs/load-sleeve-run.ts';
import type { NamedSeries } from './named-series.ts';

interface Recorded {
  readonly fact: CombinationEvent;
  readonly table: CombinationTable;
}

async function recordedCombination(ports: Pick<Ports, 'store' | 'artifacts'>, combinationId: string): Promise<Recorded> {
  const [fact] = await runEvents(ports, 'combination', combinationId);
  invariant(fact !== undefined && belongsTo(combinationSlice, fact), 'a stream of a combination holds nothing else', { combinationId });
  return { fact, table: await loadDocument(ports.artifacts, 'combination-table', fact.data.table) };
}

type Column = readonly [name: string, values: readonly (number | null)[]];

function series(name: string, heading: string, rows: readonly string[], columns: readonly Column[]): NamedSeries {
  return {
    name,
    index: { kind: 'names', heading, values: rows },
    columns: columns.map(([column]) => column),
    values: columns.map(([, values]) => Float64Array.from(values, (value) => value ?? Number.NaN)),
  };
}

function exposures(fact: CombinationEvent): NamedSeries {
  if (fact.type === 'CombinationRefused') {
    const { repairs } = fact.data;
    return series(
      'repairs',
      'cap',
      repairs.map(({ cap }) => cap),
      [
        ['current', repairs.map(({ current }) => current)],
        ['smallest', repairs.map(({ smallest }) => smallest)],
      ],
    );
  }
  const { gross, net, turnoverTwoSided, constraints, certificate } = fact.data;
  const multipliers = certificate?.multipliers ?? null;
  return series(
    'exposures',
    'exposure',
    ['gross', 'net', 'turnover_two_sided'],
    [
      ['value', [gross, net, turnoverTwoSided]],
      ['cap', [constraints.grossCap, constraints.netCap, constraints.turnoverCap]],
      ['multiplier', multipliers === null ? [null, null, null] : [multipliers.gross, multipliers.net, multipliers.turnover]],
    ],
  );
}

/**
 * The tables of a combination: weights by asset, contributions by asset and sleeve with what the projection moved, exposures beside their
 * caps (of a refusal, what would repair it), and budgets. Errors: RunUnknown, ArtifactMissing, ArtifactDamaged.
 */
export async function combinationSeries(ports: Pick<Ports, 'store' | 'artifacts'>, combinationId: string): Promise<NamedSeries[]> {
  const { fact, table } = await recordedCombination(ports, combinationId);
  const { assets, sleeves, contributions, total } = table;
  const blank = assets.map(() => null);
  const projection: Column = ['projection', table.projection ?? blank];
  const { sleeves: budgets } = fact.data.budgets;
  return [
    series('weights', 'asset', assets, [['total', total], projection, ['weight', table.weights ?? blank]]),
    series('contributions', 'asset', assets, [
      ...sleeves.map((sleeve, column): Column => [`contribution:${sleeve}`, contributions.map((row) => row[column]!)]),
      projection,
    ]),
    exposures(fact),
    series(
      'budgets',
      'sleeve',
      budgets.map(({ sleeve }) => sleeve),
      [
        ['budget', budgets.map(({ budget }) => budget)],
        ['positions', budgets.map(({ positions }) => positions)],
      ],
    ),
  ];
}

/**
 * The weights of a combination as a row at its date. Errors: RunUnknown; CombinationInfeasible where it was refused; Usage where it bears
 * no date.
 */
export async function combinedWeights(ports: Pick<Ports, 'store' | 'artifacts'>, combinationId: string): Promise<DatedTable> {
  const { fact, table } = await recordedCombination(ports, combinationId);
  if (fact.type === 'CombinationRefused') throw refusalError(fact.data);
  const { asOf } = fact.data;
  if (asOf === null)
    throw new LedgerError('Usage', `the combination ${combinationId} bears no date: \`export series\` writes its weights by asset`, {
      at: { path: combinationId },
    });
  return { dates: [asOf], columns: table.assets, values: table.weights!.map((weight) => Float64Array.of(weight)) };
}
