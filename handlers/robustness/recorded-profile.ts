import type { Deciding } from '../../domain/backtest/decisions.ts';
import type { BacktestInput } from '../../domain/backtest/backtest.ts';
import type { TestedProfileFacts } from '../../domain/backtest-run/events.ts';
import type { BacktestEvent } from '../../domain/backtest-run/slice.ts';
import { solveParametersOf } from '../../domain/manifest/solve-parameters.ts';
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import { rowsOf } from '../../domain/returns/matrix.ts';
import type { ReturnMatrix, ReturnSeries } from '../../domain/returns/series.ts';
import { type DatedTable, parseTableText } from '../../domain/returns/table-text.ts';
import type { DocumentReference } from '../../domain/shared/artifact-reference.ts';
import { invariant } from '../../domain/shared/errors.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import type { Artifacts } from '../ports/ports.ts';

/** A tested profile of a recorded backtest, as its robustness is asked about. */
export interface RecordedProfile {
  readonly facts: TestedProfileFacts;
  readonly node: MetaNode;
  readonly work: Deciding;
  /** Net returns of the book. */
  readonly net: ReturnSeries;
  /** Net returns of the sleeves on all joined rows. */
  readonly joined: ReturnMatrix;
  /** Weights of the last decision, and the rows that it learned from. */
  readonly decided: Readonly<Record<string, number>>;
  readonly training: ReturnMatrix;
}

async function tableOf(artifacts: Artifacts, { sha256 }: DocumentReference): Promise<DatedTable> {
  return parseTableText(new TextDecoder().decode(await artifacts.get(sha256)));
}

function matrixOf({ dates, columns, values }: DatedTable): ReturnMatrix {
  const width = columns.length;
  const cells = new Float64Array(dates.length * width);
  values.forEach((column, at) => column.forEach((value, row) => (cells[row * width + at] = value)));
  return { dates, columns, values: cells };
}

/** Errors: ArtifactMissing, ArtifactDamaged. */
export async function recordedProfile(
  artifacts: Artifacts,
  { node, options, rules }: BacktestInput,
  recorded: readonly BacktestEvent[],
  facts: TestedProfileFacts,
): Promise<RecordedProfile> {
  const { risk, annualisationDays, tables } = facts;
  const returns = await tableOf(artifacts, tables.returns);
  const joined = matrixOf(await tableOf(artifacts, tables.joined));
  const last = dataOf(recorded, 'WindowAllocated').findLast((window) => window.risk === risk && window.path.length === 0);
  invariant(last !== undefined, 'a tested profile has decisions', { risk });
  const end = joined.dates.indexOf(last.newestRead) + 1;
  return {
    facts,
    node,
    work: { risk, options, rules, parameters: solveParametersOf(node.blocks, annualisationDays) },
    net: { dates: returns.dates, values: returns.values[returns.columns.indexOf('net')]! },
    joined,
    decided: last.weights,
    training: rowsOf(joined, end - last.trainRows, end),
  };
}
