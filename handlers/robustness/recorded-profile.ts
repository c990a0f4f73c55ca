import type { Deciding } from '../../domain/backtest/decisions.ts';
import type { BacktestInput } from '../../domain/backtest/backtest.ts';
import type { TestedProfileFacts } from '../../domain/backtest-run/events.ts';
import type { BacktestEvent } from '../../domain/backtest-run/slice.ts';
import { solveParametersOf } from '../../domain/manifest/solve-parameters.ts';
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import { tableAsMatrix } from '../../domain/returns/dated-tables.ts';
import { rowsOf } from '../../domain/returns/matrix.ts';
import type { ReturnMatrix, ReturnSeries } from '../../domain/returns/series.ts';
import { columnNamed } from '../../domain/returns/table-text.ts';
import { invariant } from '../../domain/shared/errors.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import { loadTable } from '../artifacts/artifact-files.ts';
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

/** Errors: ArtifactMissing, ArtifactDamaged. */
export async function recordedProfile(
  artifacts: Artifacts,
  { node, options, rules }: BacktestInput,
  recorded: readonly BacktestEvent[],
  facts: TestedProfileFacts,
): Promise<RecordedProfile> {
  const { risk, annualisationDays, tables } = facts;
  const returns = await loadTable(artifacts, tables.returns);
  const joined = tableAsMatrix(await loadTable(artifacts, tables.joined));
  const last = dataOf(recorded, 'WindowAllocated').findLast((window) => window.risk === risk && window.path.length === 0);
  invariant(last !== undefined, 'a tested profile has decisions', { risk });
  const end = joined.dates.indexOf(last.newestRead) + 1;
  return {
    facts,
    node,
    work: { risk, options, rules, parameters: solveParametersOf(node.blocks, annualisationDays) },
    net: { dates: returns.dates, values: columnNamed(returns, 'net') },
    joined,
    decided: last.weights,
    training: rowsOf(joined, end - last.trainRows, end),
  };
}
